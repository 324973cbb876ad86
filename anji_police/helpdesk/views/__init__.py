"""Pages of the help desk for officers."""
