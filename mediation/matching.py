"""Which mediators suit a dispute, and why.

Hard filters first; then the declared origin shared with both sides (county over city over province, by the prefix of the
GB/T 2260 code), speech shared with both, a pair of one from each side, nobody's neighbour; then load and distance. One
statement weighs all mediators; Python sees the best few of each sort. Nothing here is read by the grading of risk.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product

from django.db import connection
from django.db.models import Subquery
from django.utils.translation import gettext as _

from anji_police.crypto import AES, SM4, blind_index, index_keys
from anji_police.identifiers import years_before
from anji_police.periods import today
from anji_police.places.models import Place
from anji_police.workflow import rules
from anji_police.workflow.models import Rule
from mediation.models import Assignment, Conflict, Dispute, Mediator, Party

LEAST_AGE = "mediation.least_age"
EACH = 4  # mediators of each sort that are looked at
COUNTY, CITY, PROVINCE = 3, 2, 1

# Weighs the groups of mediators who are alike (MatchGroup), hundreds and not thousands, then takes people from the best groups
# until there are enough: the nearest tier first, as a lateral join follows the order of what it is joined to. Who has no dispute
# in hand comes before who has, so those who have one are looked up one by one and put in their place at the end. `+ 0` keeps the
# planner from walking all mediators in the order of their keys, `OFFSET 0` from reading all appointments: it goes by the group and
# by the mediator.
_FIND = """
WITH noted AS MATERIALIZED (
    SELECT mediator_id, sum(load)::int AS load, bool_or(barred) AS barred FROM (
        SELECT mediator_id, 1 AS load, dispute_id = %(dispute)s AS barred FROM mediation_assignment
        WHERE state IN ('offered', 'accepted')
        UNION ALL SELECT mediator_id, 0, true FROM mediation_complaint WHERE closed_on IS NULL
        UNION ALL SELECT mediator_id, 0, true FROM mediation_rejection WHERE dispute_id = %(dispute)s
        UNION ALL SELECT c.mediator_id, 0, true FROM mediation_conflict c
                  WHERE c.ended_on IS NULL AND (c.id_number_index = ANY(%(tied_ids)s::text[])
                     OR c.phone_index = ANY(%(tied_phones)s::text[])
                     OR c.name_index = ANY(%(tied_names)s::text[]) AND EXISTS (
                        SELECT FROM unnest(%(tied_names)s::text[], %(tied_phones)s::text[], %(tied_ids)s::text[])
                                    AS t(name, phone, id_number)
                        WHERE t.name = c.name_index AND (c.id_number_index = '' OR t.id_number IS NULL)
                          AND (c.phone_index = '' OR t.phone IS NULL)))
        UNION ALL SELECT m.id, 0, true FROM mediation_mediator m
                  WHERE m.id_number_index = ANY(%(ids)s::text[]) OR m.phone_index = ANY(%(phones)s::text[])
                     OR (m.name = ANY(%(names)s::text[])
                         OR m.user_id = ANY(ARRAY(SELECT id FROM accounts_user WHERE name = ANY(%(names)s::text[]))))
                        AND EXISTS (
                           SELECT FROM unnest(%(names)s::text[], %(phones)s::text[], %(ids)s::text[]) AS t(name, phone, id_number)
                           WHERE (t.name = m.name OR t.name = (SELECT u.name FROM accounts_user u WHERE u.id = m.user_id))
                             AND (m.id_number_index = '' OR t.id_number IS NULL)
                             AND (m.phone_index = '' OR t.phone IS NULL))
    ) n GROUP BY mediator_id
), spots AS MATERIALIZED (
    SELECT g.place_id, g.station_id, ST_DistanceSphere(coalesce(s.location,
           (SELECT p.seat FROM places_place p WHERE p.id = s.place_id),
           (SELECT p.seat FROM places_place p WHERE p.id = g.place_id)), %(point)s::geometry) AS metres
    FROM (SELECT DISTINCT station_id, place_id FROM mediation_matchgroup) g
    LEFT JOIN mediation_servicestation s ON s.id = g.station_id
), near AS MATERIALIZED (
    SELECT o.id,
           CASE WHEN left(o.code, 6) = ALL(%(a_county)s::text[]) THEN 3
                WHEN left(o.code, 4) = ALL(%(a_city)s::text[]) THEN 2
                WHEN left(o.code, 2) = ALL(%(a_province)s::text[]) THEN 1 ELSE 0 END AS a,
           CASE WHEN left(o.code, 6) = ALL(%(b_county)s::text[]) THEN 3
                WHEN left(o.code, 4) = ALL(%(b_city)s::text[]) THEN 2
                WHEN left(o.code, 2) = ALL(%(b_province)s::text[]) THEN 1 ELSE 0 END AS b
    FROM (SELECT DISTINCT origin_id FROM mediation_matchgroup) g JOIN places_place o ON o.id = g.origin_id
), alike AS MATERIALIZED (
    SELECT id, a, b, metres, sort,
           CASE sort WHEN 1 THEN -least(a, b) WHEN 2 THEN (a > 0 OR b > 0)::int ELSE -greatest(a, b) END AS tie
    FROM (
        SELECT g.id, a, b, metres,
               CASE WHEN a > 0 AND b > 0 THEN 1
                    WHEN a > 0 OR dialects && %(dialects_a)s::varchar[]
                    THEN CASE WHEN b > 0 OR dialects && %(dialects_b)s::varchar[] THEN 2 ELSE 3 END
                    WHEN b > 0 OR dialects && %(dialects_b)s::varchar[] THEN 4 ELSE 5 END AS sort
        FROM mediation_matchgroup g JOIN near ON near.id = g.origin_id
        LEFT JOIN spots s ON s.place_id = g.place_id AND s.station_id IS NOT DISTINCT FROM g.station_id OFFSET 0
    ) sorted
), tiers AS MATERIALIZED (
    SELECT sort, tie, metres, array_agg(id) AS groups FROM alike GROUP BY sort, tie, metres
), free AS NOT MATERIALIZED (
    SELECT m.id, m.match_group_id, m.load_limit FROM mediation_mediator m
    WHERE m.joined_on <= %(day)s AND (m.left_on IS NULL OR m.left_on > %(day)s)
      AND (m.born_on IS NULL OR m.born_on <= %(born_by)s)
), best AS MATERIALIZED (
    SELECT found.*, row_number() OVER (PARTITION BY sort ORDER BY tie, load, metres, id) AS rank FROM (
        SELECT n.sort, idle.* FROM unnest(ARRAY[1, 2, 3, 4, 5], %(most)s::int[]) AS n(sort, most), LATERAL (
            SELECT t.tie, 0 AS load, t.metres, f.id
            FROM (SELECT * FROM tiers WHERE tiers.sort = n.sort ORDER BY tie, metres) t, LATERAL (
                SELECT free.id FROM free WHERE free.match_group_id = ANY(t.groups) AND free.load_limit > 0
                   AND NOT EXISTS (SELECT FROM noted WHERE noted.mediator_id = free.id)
                ORDER BY free.id + 0 LIMIT n.most
            ) f LIMIT n.most
        ) idle
        UNION ALL
        SELECT g.sort, g.tie, busy.load, g.metres, busy.mediator_id FROM noted busy
        JOIN free ON free.id = busy.mediator_id JOIN alike g ON g.id = free.match_group_id
        WHERE NOT busy.barred AND busy.load < free.load_limit
    ) found
)
SELECT best.sort, best.id, m.name, g.a, g.b, best.load, m.load_limit, best.metres, m.dialects, m.origin_id,
       (SELECT t.name FROM mediation_team t WHERE t.id = m.team_id),
       (SELECT s.name FROM mediation_servicestation s WHERE s.id = m.station_id), m.place_id, m.skills,
       EXISTS (SELECT FROM mediation_appointment x WHERE x.mediator_id = m.id AND x.valid @> %(day)s::date OFFSET 0),
       m.born_on IS NOT NULL
FROM best JOIN mediation_mediator m ON m.id = best.id JOIN alike g ON g.id = m.match_group_id
WHERE best.rank <= (%(most)s::int[])[best.sort]
ORDER BY best.sort, best.rank
"""


@dataclass(frozen=True)
class Person:
    """One mediator as the match page shows it."""

    sort: int
    pk: int
    name: str
    near_a: int  # 3 the same county as all of the applicant's side, 2 city, 1 province, 0 none
    near_b: int
    load: int
    load_limit: int
    metres: float | None
    dialects: list[str]
    origin_id: int
    team: str | None
    station: str | None
    place_id: int
    skills: list[str]
    appointed: bool
    age_known: bool
    names: dict[int, tuple[str, ...]]  # of a place and what it lies in, the nearest first

    @property
    def origin(self) -> str:
        return self.names[self.origin_id][0]

    @property
    def place(self) -> str:
        return self.names[self.place_id][0]

    def home(self, level: int) -> str:
        """The name of what is shared at `level`: 金寨县, 六安市 or 安徽省."""
        names = self.names[self.origin_id]
        return names[min(COUNTY - level, len(names) - 1)]


@dataclass
class Proposal:
    """Who could mediate: one mediator, or a pair whose first leads. It says why."""

    kind: str  # Assignment.Match
    people: list[Person]
    reasons: list[str] = field(default_factory=list)
    warning: str = ""

    @property
    def is_pair(self) -> bool:
        return len(self.people) == 2

    @property
    def lead(self) -> Person:
        return self.people[0]

    @property
    def label(self) -> str:
        return Assignment.Match(self.kind).label


@dataclass(frozen=True)
class _Sides:
    """What the parties declared, a side at a time; a side of which somebody declared no origin has none in common. The parties
    bring along how old a mediator has to be, so that it takes no statement of its own."""

    parties: list[Party]
    codes: dict[int, list[str]]
    dialects: dict[int, list[str]]


def _sides(dispute: Dispute, on: date | None = None) -> _Sides:
    least_age = Rule.objects.filter(code=LEAST_AGE, valid__contains=on or today()).values("value")
    found = dispute.parties.select_related("origin").annotate(least_age=Subquery(least_age))
    parties = list(found)
    codes: dict[int, list[str]] = {}
    dialects: dict[int, list[str]] = {}
    for number, side in ((1, Party.Side.APPLICANT), (2, Party.Side.RESPONDENT)):
        own = [party for party in parties if party.side == side]
        told = all(party.origin_id for party in own)
        codes[number] = sorted({party.origin.code[:6] for party in own}) if told else []
        spoken = [set(party.dialects) for party in own]
        dialects[number] = sorted(set.intersection(*spoken)) if spoken else []
    return _Sides(parties, codes, dialects)


def age_limit(on: date | None = None, years: Decimal | None = None) -> tuple[date, str]:
    """The last day of birth of those who are old enough to mediate on `on` (default today), and what to tell who was born later.
    `years`: the rule's value where it is known. Raises DomainError when no rule is in force."""
    on = on or today()
    years = int(rules.value(LEAST_AGE, on) if years is None else years)
    return years_before(on, years), _("A mediator is at least %(years)d years old.") % {"years": years}


def find(dispute: Dispute, *, neutral: bool = False, on: date | None = None) -> list[Person]:
    """The best mediators of each sort who may be offered `dispute`, in a fixed number of statements."""
    on = on or today()
    return _find(dispute, _sides(dispute, on), neutral=neutral, on=on)


def _find(dispute: Dispute, sides: _Sides, *, neutral: bool, on: date) -> list[Person]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, parameters(dispute, sides, neutral=neutral, on=on))
        rows = cursor.fetchall()
    names = _names({row[9] for row in rows} | {row[12] for row in rows})
    return [Person(*row, names) for row in rows]


def _names(keys: set[int]) -> dict[int, tuple[str, ...]]:
    """Each place's name and those of the city and the province around it."""
    rows = Place.objects.filter(pk__in=keys).values_list("pk", "name", "parent__name", "parent__parent__name")
    return {pk: tuple(name for name in names if name) for pk, *names in rows}


def _prefixes(codes: list[str]) -> dict[str, list[str] | None]:
    """The codes of a side cut to county, city and province; None where an origin on it could not be shared with all of them."""
    county, city = all(len(code) >= 6 for code in codes), all(_of_a_city(code) for code in codes)
    return {
        "county": codes if codes and county else None,
        "city": [code[:4] for code in codes] if codes and city else None,
        "province": [code[:2] for code in codes] or None,
    }


def parameters(dispute: Dispute, sides: _Sides | None = None, *, neutral: bool, on: date) -> dict:
    """What the statement is given."""
    sides = sides or _sides(dispute, on)
    point = dispute.location or (dispute.place.seat if dispute.place_id else None)
    named, tied = _indexes(sides.parties, Mediator), _indexes(sides.parties, Conflict)
    return {
        "dispute": dispute.pk,
        **{f"a_{level}": cut for level, cut in _prefixes(sides.codes[1]).items()},
        **{f"b_{level}": cut for level, cut in _prefixes(sides.codes[2]).items()},
        "dialects_a": sides.dialects[1],
        "dialects_b": sides.dialects[2],
        "names": named["name"],
        "phones": named["phone"],
        "ids": named["id_number"],
        "tied_names": tied["name"],
        "tied_phones": tied["phone"],
        "tied_ids": tied["id_number"],
        "point": point.ewkt if point else None,
        "day": on,
        "born_by": age_limit(on, sides.parties[0].least_age if sides.parties else None)[0],
        "most": [EACH] * 4 + [EACH * 2 if neutral else EACH],
    }


def _indexes(parties: list[Party], model) -> dict[str, list[str | None]]:
    """The parties' names and numbers as `model` stores them: blind indexes, but a mediator's name is plain. Position n of each
    list is one party under one index key and suite; None where a number is not known."""
    found: dict[str, list[str | None]] = {"name": [], "phone": [], "id_number": []}
    for key, suite, party in product(index_keys(), (AES, SM4), parties):
        for name, texts in found.items():
            column = model._meta.get_field(name)
            plain = getattr(party, name).reveal()
            if hasattr(column, "home"):
                plain = column.kind.normal(plain)
                plain = blind_index(plain, field=column.home, key=key, suite=suite) if plain else ""
            texts.append(plain or None)
    return found


def propose(dispute: Dispute, *, neutral: bool = False, on: date | None = None) -> list[Proposal]:
    """Proposals in order of fit, each with its reasons; neutral mediators when asked for, or when there is nobody else."""
    on = on or today()
    sides = _sides(dispute, on)
    found = _find(dispute, sides, neutral=neutral, on=on)
    of = {sort: [person for person in found if person.sort == sort] for sort in range(1, 6)}
    proposals = [_single(person, sides) for person in of[1] + of[2]]
    pairs = [_pair(a, b) for a, b in zip(of[3], of[4], strict=False)]
    proposals += pairs[:2]
    proposals += [
        _single(person, sides) for person in (of[3] + of[4] if not pairs else of[3][:1] + of[4][:1])
    ]
    if neutral or not proposals:
        proposals += [_single(person, sides) for person in of[5]]
    return proposals


def kind_of(dispute: Dispute, mediator: Mediator) -> str:
    """The sort of match of one mediator with the dispute (Assignment.Match), whatever else would be in the way."""
    sides = _sides(dispute)
    ties = [_tie(mediator, sides, number) for number in (1, 2)]
    if all(level for level, _says in ties):
        return Assignment.Match.ORIGIN
    bound = [bool(level or says) for level, says in ties]
    if all(bound):
        return Assignment.Match.DIALECT
    return Assignment.Match.ONE_SIDED if any(bound) else Assignment.Match.NEUTRAL


def _tie(mediator: Mediator, sides: _Sides, number: int) -> tuple[int, bool]:
    levels = [shared_level(mediator.origin.code, code) for code in sides.codes[number]]
    return min(levels, default=0), bool(set(mediator.dialects) & set(sides.dialects[number]))


def shared_level(one: str, other: str) -> int:
    """How near two declared origins are: 3 the same county, 2 the same city, 1 the same province, 0 none."""
    if len(other) >= 6 and one[:6] == other[:6]:
        return COUNTY
    if _of_a_city(other) and one[:4] == other[:4]:
        return CITY
    return PROVINCE if one[:2] == other[:2] else 0


def _of_a_city(code: str) -> bool:
    """Whether a county lies in a city: those of a "90" are the province's own (省直辖县)."""
    return len(code) >= 4 and code[2:4] != "90"


# -- in words ---------------------------------------------------------------------------------------------------------


def _single(person: Person, sides: _Sides) -> Proposal:
    kind = {1: "origin", 2: "dialect", 3: "one_sided", 4: "one_sided", 5: "neutral"}[person.sort]
    made = Proposal(kind, [person])
    if person.sort == 1:
        made.reasons.append(_both(person))
    shared = set(person.dialects) & set(sides.dialects[1]) & set(sides.dialects[2])
    if shared:
        made.reasons.append(
            _("Speaks %(dialect)s, as both sides do.") % {"dialect": "、".join(sorted(shared))}
        )
    elif person.sort == 2:
        made.reasons.append(_("Can talk with each side in its own speech."))
    if person.sort != 1:
        made.reasons += _one_side(person)
    if person.sort == 5:
        made.reasons.append(_("Shares neither origin nor speech with a side: a stranger to both."))
    made.reasons += _circumstances(person)
    made.warning = _bias(person)
    return made


def _both(person: Person) -> str:
    level = min(person.near_a, person.near_b)
    return {
        COUNTY: _("Of the same county as both sides: %(home)s."),
        CITY: _("Of the same city as both sides: %(home)s."),
        PROVINCE: _("Of the same province as both sides: %(home)s."),
    }[level] % {"home": person.home(level)}


def _one_side(person: Person) -> list[str]:
    words = []
    if person.near_a:
        words.append(
            _("Shares the origin %(home)s with the applicant's side.") % {"home": person.home(person.near_a)}
        )
    elif person.sort == 3:
        words.append(_("Speaks as the applicant's side does."))
    if person.near_b:
        words.append(
            _("Shares the origin %(home)s with the other side.") % {"home": person.home(person.near_b)}
        )
    elif person.sort == 4:
        words.append(_("Speaks as the other side does."))
    return words


def _circumstances(person: Person) -> list[str]:
    words = [
        _("Has %(load)d disputes in hand, room for %(limit)d.")
        % {"load": person.load, "limit": person.load_limit}
    ]
    if person.metres is not None:
        words.append(_("%(km).1f km away.") % {"km": person.metres / 1000})
    words.append(
        _("Appointed by a committee: may preside and sign.")
        if person.appointed
        else _("Not appointed by a committee today: may assist, not sign.")
    )
    if not person.age_known:
        words.append(_("The age is not on record: make sure that the person is of age."))
    return words


def _bias(person: Person) -> str:
    if bool(person.near_a) == bool(person.near_b) and person.sort not in (3, 4):
        return ""
    if person.near_a or person.sort == 3:
        return _("Risk of taking sides: close to the applicant's side only. A pair is better.")
    return _("Risk of taking sides: close to the other side only. A pair is better.")


def _pair(a: Person, b: Person) -> Proposal:
    """One of each side. Who is appointed leads, as only that one may sign; else the one of the applicant's side."""
    people = [b, a] if b.appointed and not a.appointed else [a, b]
    made = Proposal("pair", people)
    made.reasons.append(
        _("One close to each side: %(a)s to the applicant's, %(b)s to the other.")
        % {"a": a.name, "b": b.name}
    )
    made.reasons += [f"{a.name}：{words}" for words in _one_side(a)] + [
        f"{b.name}：{words}" for words in _one_side(b)
    ]
    made.reasons.append(
        _("%(name)s leads, being appointed by a committee.") % {"name": people[0].name}
        if people[0].appointed
        else _("Neither is appointed by a committee today: an appointed mediator is needed to sign.")
    )
    return made
