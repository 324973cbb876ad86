"""What happens when a clock runs out. A field registers it in its `clocks.py`."""

from collections.abc import Callable

_escalations: dict[str, Callable] = {}


def escalates(kind: str):
    """Register what is done, once and only once, when a clock of `kind` is missed: f(deadline) in the sweep's transaction."""

    def register(act):
        if kind in _escalations:
            raise ValueError(f"clock {kind} is escalated twice")
        _escalations[kind] = act
        return act

    return register


def escalation_of(kind: str) -> Callable | None:
    return _escalations.get(kind)
