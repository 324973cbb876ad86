"""The acts on a dispute beside its main way, as a table: who sees which form, and which service it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mediation import act_forms as forms
from mediation import services
from mediation.models import OPEN, Dispute, Party
from mediation.services import confirming

LIVE_ENDS = ("effective", "unperformed", "performed")


@dataclass(frozen=True)
class Act:
    """`when(facts)` says whether the page offers it; `facts` is selectors.detail() with `found`. `run(dispute, actor, data)`."""

    name: str
    group: str
    title: Any
    form: type
    when: Callable[[dict], bool]
    run: Callable[[Dispute, Any, dict], Any]
    done: Any
    danger: bool = False
    one_tap: bool = False

    @property
    def right(self) -> str:
        return f"mediation.{RIGHTS[self.name]}"

    @property
    def key(self) -> str:
        return f"{self.name}_form"


def _can(facts: dict, right: str) -> bool:
    return right in facts["can"]


def _is_open(facts: dict) -> bool:
    return facts["found"].status in OPEN


def _confirmable(facts: dict) -> bool:
    found, standing = facts["found"], facts["standing"]
    return (
        found.track == Dispute.Track.PEOPLE
        and found.status in LIVE_ENDS
        and standing is not None
        and standing.is_written
        and not facts["confirmation"]
        and standing.effective_on is not None
        and confirming.last_moment(standing) > facts["now"]
    )


def _party(dispute: Dispute, key: int) -> Party:
    return get_object_or_404(dispute.parties, pk=key)


GROUPS = ("police", "case", "time", "court", "referral", "file")

# Whoever lacks the right gets 403, whatever was sent.
_REGISTER, _MEDIATE, _CLOSE = "register_dispute", "mediate_dispute", "close_dispute"
RIGHTS = {
    "escalate": "escalate_dispute",
    "take-task": "answer_task",
    "answer-task": "answer_task",
    "leader": "put_in_charge",
    "check": _REGISTER,
    "decide-case": "decide_case",
    "extend-case": "decide_case",
    "extend": _MEDIATE,
    "appraisal": _MEDIATE,
    "appraised": _MEDIATE,
    "confirmation": "file_confirmation",
    "court": "file_confirmation",
    "refer": "refer_dispute",
    "receipt": "refer_dispute",
    "referral-answer": "refer_dispute",
    "rights": _MEDIATE,
    "identity": _MEDIATE,
    "routes": _MEDIATE,
    "paper": _MEDIATE,
    "archive": _CLOSE,
}

ACTS = (
    Act(
        "escalate",
        "police",
        _("Report to the police"),
        forms.EscalateForm,
        lambda f: _can(f, "escalate_dispute") and f["takes_part"] and _is_open(f) and not f["task"],
        lambda d, a, data: services.escalate(dispute=d, actor=a, **data),
        _("The police of the station and the duty desk are told."),
        danger=True,
        one_tap=True,
    ),
    Act(
        "take-task",
        "police",
        _("Take the task"),
        forms.NothingForm,
        lambda f: _can(f, "answer_task") and bool(f["task"]) and not f["task"].taken_by_id,
        lambda d, a, data: services.take_task(dispute=d, actor=a),
        _("The task is yours."),
        one_tap=True,
    ),
    Act(
        "answer-task",
        "police",
        _("Answer the task"),
        forms.TaskAnswerForm,
        lambda f: _can(f, "answer_task") and bool(f["task"]),
        lambda d, a, data: services.answer_task(dispute=d, actor=a, **data),
        _("The task is answered."),
    ),
    Act(
        "leader",
        "police",
        _("Name the leader in charge"),
        forms.LeaderForm,
        lambda f: _can(f, "put_in_charge") and _is_open(f),
        lambda d, a, data: services.put_in_charge(dispute=d, actor=a, **data),
        _("The leader is in charge."),
    ),
    Act(
        "check",
        "case",
        _("Check whether it may be mediated"),
        forms.CheckForm,
        lambda f: (
            _can(f, "register_dispute")
            and f["found"].track == Dispute.Track.PUBLIC_SECURITY
            and f["found"].status in ("consulting", "to_assign", "offered", "mediating")
        ),
        lambda d, a, data: services.check_suitability(dispute=d, actor=a, **data),
        _("The check is kept."),
    ),
    Act(
        "decide-case",
        "case",
        _("Record the decision"),
        forms.CaseDecisionForm,
        lambda f: _can(f, "decide_case") and bool(f["case"]),
        lambda d, a, data: services.decide_case(dispute=d, actor=a, **data),
        _("The decision is kept."),
    ),
    Act(
        "extend-case",
        "case",
        _("Extend the time of the case"),
        forms.CaseExtensionForm,
        lambda f: _can(f, "decide_case") and bool(f["case"]) and not f["case"].extended_by,
        lambda d, a, data: services.extend_case(dispute=d, actor=a, **data),
        _("The time is extended."),
    ),
    Act(
        "extend",
        "time",
        _("Extend with everybody's consent"),
        forms.ExtensionForm,
        lambda f: f["conducts"] and f["found"].status == "mediating" and _can(f, "mediate_dispute"),
        lambda d, a, data: services.extend(dispute=d, actor=a, **data),
        _("The time is extended."),
    ),
    Act(
        "appraisal",
        "time",
        _("An appraisal begins"),
        forms.AppraisalForm,
        lambda f: (
            f["conducts"]
            and f["found"].status == "mediating"
            and _can(f, "mediate_dispute")
            and not f["appraisal"]
        ),
        lambda d, a, data: services.begin_appraisal(dispute=d, actor=a, **data),
        _("The time to conclude stands still."),
    ),
    Act(
        "appraised",
        "time",
        _("The appraisal is there"),
        forms.AppraisalResultForm,
        lambda f: f["conducts"] and _can(f, "mediate_dispute") and bool(f["appraisal"]),
        lambda d, a, data: services.end_appraisal(dispute=d, actor=a, **data),
        _("The time to conclude runs on."),
    ),
    Act(
        "confirmation",
        "court",
        _("Apply for judicial confirmation"),
        forms.ConfirmationForm,
        lambda f: _can(f, "file_confirmation") and f["takes_part"] and _confirmable(f),
        lambda d, a, data: services.apply_for_confirmation(dispute=d, actor=a, **data),
        _("The application is filed."),
    ),
    Act(
        "court",
        "court",
        _("Record what the court did"),
        forms.CourtForm,
        lambda f: (
            _can(f, "file_confirmation")
            and f["takes_part"]
            and bool(f["confirmation"])
            and f["confirmation"].status in ("applied", "accepted")
        ),
        lambda d, a, data: services.record_court(
            confirmation=get_object_or_404(d.confirmations, status__in=["applied", "accepted"]),
            actor=a,
            **data,
        ),
        _("It is recorded."),
    ),
    Act(
        "refer",
        "referral",
        _("Refer it on"),
        forms.ReferralForm,
        lambda f: _can(f, "refer_dispute") and _is_open(f) and not f["referred"],
        lambda d, a, data: services.refer_out(dispute=d, actor=a, **data),
        _("It is referred on."),
    ),
    Act(
        "receipt",
        "referral",
        _("Confirm the receipt"),
        forms.ReceiptForm,
        lambda f: _can(f, "refer_dispute") and bool(f["referred"]) and not f["referred"].received_at,
        lambda d, a, data: services.confirm_receipt(
            referral=get_object_or_404(d.referrals, direction="out", answered_at=None), actor=a, **data
        ),
        _("The receipt is confirmed."),
    ),
    Act(
        "referral-answer",
        "referral",
        _("Record the answer"),
        forms.ReferralAnswerForm,
        lambda f: _can(f, "refer_dispute") and bool(f["referred"] or f["referred_in"]),
        lambda d, a, data: services.answer_referral(
            referral=d.referrals.filter(answered_at=None).order_by("-direction").first()
            or get_object_or_404(d.referrals.none()),
            actor=a,
            **data,
        ),
        _("The answer is kept."),
    ),
    Act(
        "rights",
        "file",
        _("Rights and duties were told"),
        forms.NothingForm,
        lambda f: (
            _can(f, "mediate_dispute")
            and f["takes_part"]
            and _is_open(f)
            and f["found"].rights_told_at is None
        ),
        lambda d, a, data: services.tell_rights(dispute=d, actor=a),
        _("It is recorded."),
        one_tap=True,
    ),
    Act(
        "identity",
        "file",
        _("Identity papers were seen"),
        forms.IdentityForm,
        lambda f: (
            _can(f, "mediate_dispute")
            and f["takes_part"]
            and _is_open(f)
            and any(party.identity_checked_at is None for party in f["parties"])
        ),
        lambda d, a, data: services.check_identity(party=_party(d, data["party"]), actor=a),
        _("It is recorded."),
    ),
    Act(
        "routes",
        "file",
        _("Other ways were told"),
        forms.RoutesForm,
        lambda f: (
            _can(f, "mediate_dispute")
            and f["conducts"]
            and f["found"].status in ("failed", "unperformed", "refused")
            and f["found"].routes_told_at is None
        ),
        lambda d, a, data: services.tell_routes(dispute=d, actor=a, **data),
        _("It is recorded."),
    ),
    Act(
        "paper",
        "file",
        _("File a scan or paper"),
        forms.PaperForm,
        lambda f: _can(f, "mediate_dispute") and f["takes_part"] and f["found"].status != "archived",
        lambda d, a, data: services.file_paper(dispute=d, actor=a, **data),
        _("The paper is filed."),
    ),
    Act(
        "archive",
        "file",
        _("Archive the file"),
        forms.NothingForm,
        lambda f: _can(f, "close_dispute") and f["found"].status == "closed",
        lambda d, a, data: services.archive(dispute=d, actor=a),
        _("The file is archived. The whole of it is drawn and kept."),
        one_tap=True,
    ),
)
BY_NAME = {act.name: act for act in ACTS}


def form_of(act: Act, dispute: Dispute, actor, data=None, files=None):
    """The act's form, with ids of its own on the page."""
    return act.form(data, files, dispute=dispute, actor=actor, auto_id=f"{act.name}-%s")


def offered(facts: dict, actor, bound: dict) -> dict[str, list[dict]]:
    """What the page offers: group -> acts, each with its address and its form; a refused one as it was sent."""
    found, cards = facts["found"], {group: [] for group in GROUPS}
    for act in ACTS:
        sent = bound.get(act.key)
        if sent is None and not act.when(facts):
            continue
        cards[act.group].append(
            {
                "act": act,
                "url": reverse(f"mediation:{act.name}", args=[found.code]),
                "form": sent if sent is not None else form_of(act, found, actor),
            }
        )
    return cards
