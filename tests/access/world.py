"""One account of each role, in two units, and one example record for each address that needs one."""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from anji_police.accounts.roles import Role
from tests.factories import UnitFactory, UserFactory, bureau

# Column of the table -> role. Examples belong to the own unit; "officer_other" is of another station.
COLUMNS: dict[str, Role | None] = {
    "anonymous": None,
    "officer_own": Role.OFFICER,
    "officer_other": Role.OFFICER,
    "station_chief": Role.STATION_CHIEF,
    "duty_desk": Role.DUTY_DESK,
    "leadership": Role.LEADERSHIP,
    "system_admin": Role.SYSTEM_ADMIN,
    "security_admin": Role.SECURITY_ADMIN,
    "audit_admin": Role.AUDIT_ADMIN,
    "mediator": Role.MEDIATOR,
    "volunteer": Role.VOLUNTEER,
    "warden": Role.WARDEN,
    "village_committee": Role.VILLAGE_COMMITTEE,
    "partner_department": Role.PARTNER_DEPARTMENT,
    "enterprise_contact": Role.ENTERPRISE_CONTACT,
}
_COUNTY = {"duty_desk", "leadership", "system_admin", "security_admin", "audit_admin"}
_UNIT = {"officer_own", "station_chief"}


@dataclass
class Example:
    """How to ask for one address: the parts of the path, the query, the body of a POST, and what the browser brings along."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """`more` holds further pages that the browser looks at: (address name, column, example), such as other states."""

    own_unit: Any
    other_unit: Any
    users: dict[str, Any]
    examples: dict[str, Example] = field(default_factory=dict)
    more: list[tuple[str, str, Example]] = field(default_factory=list)


def build() -> World:
    """Make the accounts and ask each module in tests/access/examples/ for its records: `prepare(world) -> {url name: Example}`."""
    own, other = UnitFactory(name="孝源派出所"), UnitFactory(name="梅溪派出所")
    users = {}
    for column, role in COLUMNS.items():
        if role is None:
            continue
        unit = (
            bureau()
            if column in _COUNTY
            else own
            if column in _UNIT
            else other
            if column == "officer_other"
            else None
        )
        users[column] = UserFactory(username=column.replace("_", "-"), unit=unit, roles=[role])
    world = World(own, other, users)
    for path in sorted((Path(__file__).parent / "examples").glob("[a-z]*.py")):
        given = import_module(f"tests.access.examples.{path.stem}").prepare(world)
        doubles = given.keys() & world.examples.keys()
        assert not doubles, f"examples given twice: {doubles}"
        world.examples.update(given)
    return world
