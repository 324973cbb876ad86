"""What a field imports from and exports to spreadsheets, registered in its `ledgers.py`:

    register(Ledger(key="mediation.mediators", label=_("Mediators"), permission="mediation.change_mediator",
                    columns=[Column("name", _("Name"), required=True), …], plan=plan, apply=apply, export=export))

`plan(rows, user)` says of each SheetRow what it would do, in a fixed number of statements, and writes nothing; `apply(row, user)`
does it for one row by the field's services, in the caller's transaction; `export(user)` gives the rows in sight of the person as
lists of texts, personal data masked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

NEW, CHANGED, SAME, BAD = "new", "changed", "same", "bad"


@dataclass(frozen=True)
class Column:
    """One column. `aliases` are headings that other sheets use for it; `example` stands in the template."""

    key: str
    label: Any
    required: bool = False
    aliases: tuple[str, ...] = ()
    example: str = ""


@dataclass
class SheetRow:
    """One row of a sheet: its number there, and its cells by column, as stripped texts."""

    number: int
    cells: dict[str, str]
    faults: list[str] = field(default_factory=list)  # in words, for the person who sent the sheet


@dataclass
class Planned:
    """What a row would do: `facts` for the services, `target` the record that it changes."""

    row: SheetRow
    state: str
    facts: dict[str, Any] = field(default_factory=dict)
    target: Any = None


@dataclass(frozen=True)
class Ledger:
    key: str
    label: Any
    permission: str  # to import
    view_permission: str  # to export
    columns: list[Column]
    plan: Callable[[list[SheetRow], Any], list[Planned]]
    apply: Callable[[Planned, Any], Any]
    export: Callable[[Any], Iterable[list[str]]]


_registry: dict[str, Ledger] = {}


def register(ledger: Ledger) -> Ledger:
    """A key taken twice fails at start-up."""
    if ledger.key in _registry:
        raise ValueError(f"ledger {ledger.key} is registered twice")
    _registry[ledger.key] = ledger
    return ledger


def get(key: str) -> Ledger | None:
    return _registry.get(key)


def of(user) -> list[Ledger]:
    """The ledgers that `user` may import into or export from."""
    return [
        ledger
        for ledger in _registry.values()
        if user.has_perm(ledger.permission) or user.has_perm(ledger.view_permission)
    ]
