"""What a citizen is asked, per category, with branches and stops. The form, the phone entry and Open311 read it alike."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anji_police.errors import InvalidInput


class Category(models.TextChoices):
    DISPUTE = "dispute", _("A dispute")
    HAZARD = "hazard", _("Something dangerous or wrong outdoors")
    ECOLOGY = "ecology", _("River, forest or waste")
    FRAUD = "fraud", _("Suspected fraud")
    ENTERPRISE = "enterprise", _("A matter of a firm")
    ROAD_SAFETY = "road_safety", _("Road safety")
    FEEDBACK = "feedback", _("Praise or complaint")
    OTHER = "other", _("Something else")


HINTS = {
    Category.DISPUTE: _("Neighbours, family, wages, debts: ask for mediation"),
    Category.HAZARD: _("Broken guard rails, loose dogs, fire hazards"),
    Category.ECOLOGY: _("Dumping, pollution, illegal fishing or felling"),
    Category.FRAUD: _("Check a call, a link or a transfer"),
    Category.ENTERPRISE: _("Advice, visits, papers for firms"),
    Category.ROAD_SAFETY: _("Dangerous crossings, signs, driving"),
    Category.FEEDBACK: _("About an officer or a police station"),
    Category.OTHER: _("Lost persons or things, questions"),
}
ICONS = {
    Category.DISPUTE: "messages",
    Category.HAZARD: "alert-triangle",
    Category.ECOLOGY: "leaf",
    Category.FRAUD: "phone-off",
    Category.ENTERPRISE: "building-skyscraper",
    Category.ROAD_SAFETY: "traffic-lights",
    Category.FEEDBACK: "star",
    Category.OTHER: "lifebuoy",
}
# Shown to the world through Open311; the others concern persons.
PUBLIC_CATEGORIES = (Category.HAZARD, Category.ECOLOGY, Category.ROAD_SAFETY)

CALL_110, CALL_96110 = "110", "96110"


@dataclass(frozen=True)
class Question:
    """One question. `options` maps stored value to text; without options it takes free text up to `max_length`.

    `show_if` = (key of an earlier question, values): asked only after one of these answers. `stops` maps an answer to the number
    to call now instead of filling in a form.
    """

    key: str
    label: Any
    options: dict[str, Any] = field(default_factory=dict)
    hint: Any = ""
    required: bool = True
    show_if: tuple[str, tuple[str, ...]] | None = None
    stops: dict[str, str] = field(default_factory=dict)
    max_length: int = 100


YES_NO = {"yes": _("Yes"), "no": _("No")}
YES_NO_UNSURE = {**YES_NO, "unsure": _("I don't know")}

QUESTIONS: dict[str, tuple[Question, ...]] = {
    Category.DISPUTE: (
        Question(
            "danger",
            _("Is anybody hurt, threatened or locked in right now?"),
            YES_NO,
            stops={"yes": CALL_110},
        ),
        Question(
            "about",
            _("What is the dispute about?"),
            {
                "neighbours": _("Neighbours"),
                "family": _("Marriage or family"),
                "wages": _("Wages or work"),
                "debt": _("A debt or contract"),
                "land": _("Land or houses"),
                "injury": _("Injury or damage"),
                "consumer": _("Buying and selling"),
                "other": _("Something else"),
            },
        ),
        Question("other_side", _("Do you know who the other side is?"), YES_NO_UNSURE),
        Question("mediated", _("Has somebody tried to mediate before?"), YES_NO_UNSURE),
        Question(
            "dialect",
            _("Would a mediator from your home region help you?"),
            YES_NO_UNSURE,
            hint=_("We have mediators from many provinces who speak the dialect."),
        ),
    ),
    Category.HAZARD: (
        Question("danger", _("Is somebody's life in danger right now?"), YES_NO, stops={"yes": CALL_110}),
        Question(
            "kind",
            _("What is it?"),
            {
                "road": _("Damaged road, rail or cover"),
                "light": _("Street light or electric wire"),
                "building": _("Unsafe building or site"),
                "fire": _("Fire hazard"),
                "animal": _("Dangerous animal"),
                "water": _("Unsafe water or slope"),
                "other": _("Something else"),
            },
        ),
    ),
    Category.ECOLOGY: (
        Question(
            "kind",
            _("What did you see?"),
            {
                "water": _("Dirty water or an outfall"),
                "dumping": _("Dumped waste"),
                "fishing": _("Illegal fishing"),
                "felling": _("Felled trees"),
                "wildlife": _("Hunted or traded wild animals"),
                "air": _("Smoke or stench"),
                "other": _("Something else"),
            },
        ),
        Question("ongoing", _("Is it still going on?"), YES_NO_UNSURE),
    ),
    Category.FRAUD: (
        Question("paid", _("Has money been transferred already?"), YES_NO),
        Question(
            "paid_when",
            _("When was it transferred?"),
            {
                "hour": _("Within the last hour"),
                "day": _("Within the last 24 hours"),
                "earlier": _("Earlier"),
            },
            show_if=("paid", ("yes",)),
            stops={"hour": CALL_96110, "day": CALL_96110},
        ),
        Question(
            "contact",
            _("How did they reach you?"),
            {
                "phone": _("By phone"),
                "sms": _("By SMS"),
                "chat": _("In a chat app"),
                "web": _("On a website or in an app"),
                "person": _("In person"),
                "other": _("Otherwise"),
            },
        ),
        Question(
            "amount",
            _("How much money is it about, in yuan?"),
            required=False,
            hint=_("Digits only. Leave it empty if none."),
            max_length=12,
        ),
    ),
    Category.ENTERPRISE: (
        Question("firm", _("Name of the firm"), max_length=80),
        Question(
            "matter",
            _("What is it about?"),
            {
                "risk": _("A risk or loss of the firm"),
                "exit_entry": _("Exit and entry papers"),
                "residence": _("Household or residence papers"),
                "safety": _("Safety on the site"),
                "brand": _("Counterfeit goods"),
                "other": _("Something else"),
            },
        ),
    ),
    Category.ROAD_SAFETY: (
        Question(
            "danger",
            _("Has there just been an accident with injured people?"),
            YES_NO,
            stops={"yes": CALL_110},
        ),
        Question(
            "kind",
            _("What is it?"),
            {
                "crossing": _("A dangerous crossing"),
                "sign": _("A missing or wrong sign"),
                "parking": _("Blocking vehicles"),
                "driving": _("Dangerous driving"),
                "school": _("The way to school"),
                "other": _("Something else"),
            },
        ),
    ),
    Category.FEEDBACK: (
        Question(
            "tone", _("What do you want to say?"), {"praise": _("Praise"), "complaint": _("A complaint")}
        ),
        Question("whom", _("About whom?"), hint=_("Station, officer or window"), max_length=60),
    ),
    Category.OTHER: (
        Question("danger", _("Is somebody in danger right now?"), YES_NO, stops={"yes": CALL_110}),
    ),
}


def asked(category: str, answers: dict[str, str]) -> list[Question]:
    """The questions of `category` that apply after the `answers` so far, in order."""
    found = []
    for question in QUESTIONS.get(category, ()):
        if question.show_if is None or answers.get(question.show_if[0]) in question.show_if[1]:
            found.append(question)
    return found


def stop_for(category: str, answers: dict[str, str]) -> str | None:
    """The number to call at once, when an answer says so."""
    for question in asked(category, answers):
        number = question.stops.get(answers.get(question.key, ""))
        if number:
            return number
    return None


def clean(category: str, answers: dict[str, str]) -> dict[str, str]:
    """`answers` reduced to those that were asked. Raises InvalidInput naming each question that lacks a valid answer."""
    if category not in Category.values:
        raise InvalidInput(fields={"category": [gettext("Choose what it is about.")]})
    cleaned: dict[str, str] = {}
    faults: dict[str, list[str]] = {}
    for question in QUESTIONS[category]:
        if question.show_if and cleaned.get(question.show_if[0]) not in question.show_if[1]:
            continue
        value = str(answers.get(question.key, "") or "").strip()
        if not value and question.required:
            faults[question.key] = [
                gettext("Choose an answer.") if question.options else gettext("Fill this in.")
            ]
        elif value and question.options and value not in question.options:
            faults[question.key] = [gettext("Choose one of the answers.")]
        elif len(value) > question.max_length:
            faults[question.key] = [
                gettext("Write at most %(count)d characters.") % {"count": question.max_length}
            ]
        elif question.key == "amount" and value and not (value.isascii() and value.isdigit()):
            faults[question.key] = [gettext("Write digits only.")]
        else:
            cleaned[question.key] = value
    if faults:
        raise InvalidInput(fields=faults)
    return cleaned


def spoken(category: str, answers: dict[str, str]) -> list[tuple[Any, Any]]:
    """(question, answer) in words, for pages and papers; unanswered ones are left out."""
    return [
        (q.label, q.options.get(answers[q.key], answers[q.key]))
        for q in asked(category, answers)
        if answers.get(q.key)
    ]
