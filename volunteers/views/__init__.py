"""Pages of the volunteers' field."""
