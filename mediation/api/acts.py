"""The acts of a dispute's life as API actions, one table: address, body, right and service."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from anji_police.errors import InvalidInput
from mediation import services
from mediation.api import act_serializers as bodies
from mediation.models import Dispute
from volunteers.selectors import ready_to_assist


def _visit(dispute: Dispute, data: dict):
    visits = dispute.follow_ups
    if key := data.pop("visit", None):
        return get_object_or_404(visits, pk=key)
    planned = visits.open().first()
    return planned or get_object_or_404(visits.none())


def _follow_up(dispute, actor, data):
    services.record_follow_up(follow_up=_visit(dispute, data), actor=actor, **data)


def _waive(dispute, actor, data):
    services.waive_follow_up(follow_up=_visit(dispute, data), actor=actor, **data)


def _replace(dispute, actor, data):
    if key := data.pop("assignment", None):
        data["assignment"] = get_object_or_404(dispute.assignments, pk=key)
    services.replace_mediator(dispute=dispute, actor=actor, **data)


def _ask_volunteer(dispute, actor, data):
    data["volunteer"] = ready_to_assist().filter(pk=data["volunteer"]).first()
    if data["volunteer"] is None:
        raise InvalidInput(fields={"volunteer": [_("This volunteer may not serve today.")]})
    services.ask_volunteer(dispute=dispute, actor=actor, **data)


def _performance(dispute, actor, data):
    data["done"] = {row["item"]: row["on"] for row in data.get("done", ())}
    services.record_performance(dispute=dispute, actor=actor, **data)


def _assess(dispute, actor, data):
    services.assess_risk(
        dispute=dispute,
        actor=actor,
        factors=tuple(data.get("risk_factors", ())),
        grade=data.get("risk"),
        reason=data.get("reason", ""),
    )


def _check(dispute, actor, data):
    data["answers"] = {row.pop("bar"): row for row in data["answers"]}
    data["parts"] = {row["party"]: row["part"] for row in data.get("parts", ())}
    services.check_suitability(dispute=dispute, actor=actor, **data)


def _court(dispute, actor, data):
    row = get_object_or_404(dispute.confirmations, status__in=["applied", "accepted"])
    services.record_court(confirmation=row, actor=actor, **data)


def _referral(dispute: Dispute, **only):
    found = dispute.referrals.filter(answered_at=None, **only).order_by("-direction").first()
    return found or get_object_or_404(dispute.referrals.none())


def _receipt(dispute, actor, data):
    services.confirm_receipt(referral=_referral(dispute, direction="out"), actor=actor, **data)


def _referral_answer(dispute, actor, data):
    services.answer_referral(referral=_referral(dispute), actor=actor, **data)


def _identity(dispute, actor, data):
    services.check_identity(party=get_object_or_404(dispute.parties, pk=data["party"]), actor=actor)


def _plain(service):
    def run(dispute, actor, data):
        service(dispute=dispute, actor=actor, **data)

    return run


# name, body, right, act, what the schema says
REGISTER, MEDIATE, DISPATCH = (
    "mediation.register_dispute",
    "mediation.mediate_dispute",
    "mediation.dispatch_dispute",
)
CLOSE, REFER, CONFIRM, DECIDE = (
    "mediation.close_dispute",
    "mediation.refer_dispute",
    "mediation.file_confirmation",
    "mediation.decide_case",
)
ACTS = (
    ("refuse", bodies.ReasonSerializer, REGISTER, _plain(services.refuse_mediation), "Don't mediate."),
    ("replace", bodies.ReplaceSerializer, DISPATCH, _replace, "Take the dispute from its mediator."),
    (
        "ask_volunteer",
        bodies.AskVolunteerSerializer,
        DISPATCH,
        _ask_volunteer,
        "Ask a volunteer to assist.",
    ),
    ("in_effect", bodies.NothingSerializer, MEDIATE, _plain(services.put_into_effect), "Signed and sealed."),
    ("performance", bodies.PerformanceSerializer, MEDIATE, _performance, "Record what was performed."),
    ("failed", bodies.ReasonSerializer, MEDIATE, _plain(services.conclude_failed), "End without agreement."),
    ("follow_up", bodies.VisitSerializer, MEDIATE, _follow_up, "Record a follow-up visit."),
    ("waive", bodies.WaiveSerializer, MEDIATE, _waive, "Do without a planned visit."),
    ("plan", bodies.PlanSerializer, MEDIATE, _plain(services.plan_follow_up), "Plan a further visit."),
    ("assess", bodies.AssessSerializer, REGISTER, _assess, "Grade the risk."),
    (
        "reopen",
        bodies.ReasonSerializer,
        "mediation.reopen_dispute",
        _plain(services.reopen),
        "Open it again.",
    ),
    ("check", bodies.CheckSerializer, REGISTER, _check, "Check whether a case may be mediated."),
    ("decide_case", bodies.DecideCaseSerializer, DECIDE, _plain(services.decide_case), "Decide the case."),
    ("extend_case", bodies.ExtendCaseSerializer, DECIDE, _plain(services.extend_case), "Extend the case."),
    ("extend", bodies.ExtendSerializer, MEDIATE, _plain(services.extend), "More time, by consent of all."),
    ("appraisal", bodies.AppraisalSerializer, MEDIATE, _plain(services.begin_appraisal), "Appraisal begins."),
    ("appraised", bodies.AppraisedSerializer, MEDIATE, _plain(services.end_appraisal), "Appraisal ended."),
    (
        "escalate",
        bodies.EscalateSerializer,
        "mediation.escalate_dispute",
        _plain(services.escalate),
        "Report signs of escalation to the police.",
    ),
    (
        "take_task",
        bodies.NothingSerializer,
        "mediation.answer_task",
        _plain(services.take_task),
        "Take the police task.",
    ),
    (
        "answer_task",
        bodies.AnswerTaskSerializer,
        "mediation.answer_task",
        _plain(services.answer_task),
        "Answer the police task.",
    ),
    (
        "confirmation",
        bodies.ConfirmationSerializer,
        CONFIRM,
        _plain(services.apply_for_confirmation),
        "File the parties' application for judicial confirmation.",
    ),
    ("court", bodies.CourtSerializer, CONFIRM, _court, "Record what the court did."),
    ("refer", bodies.ReferSerializer, REFER, _plain(services.refer_out), "Refer the dispute on."),
    ("receipt", bodies.ReceiptSerializer, REFER, _receipt, "Confirm the receipt of a referral."),
    ("referral_answer", bodies.ReferralAnswerSerializer, REFER, _referral_answer, "Answer a referral."),
    ("rights", bodies.NothingSerializer, MEDIATE, _plain(services.tell_rights), "Rights were told."),
    ("identity", bodies.IdentitySerializer, MEDIATE, _identity, "A party's identity papers were seen."),
    ("routes", bodies.RoutesSerializer, MEDIATE, _plain(services.tell_routes), "Other ways were told."),
    ("archive", bodies.NothingSerializer, CLOSE, _plain(services.archive), "Archive the file."),
)


def _action(name: str, body, run, words: str):
    def act(self, request, code=None):
        found = self.get_object()
        run(found, request.user, self._body(body))
        return self._done_or_gone(found)

    act.__name__, act.__doc__ = name, words
    made = action(
        detail=True, methods=["post"], url_path=name.replace("_", "-"), url_name=name.replace("_", "-")
    )
    return extend_schema(request=body)(made(act))


class LifeActs:
    """Mixed into the viewset of disputes: one method for each row of ACTS."""


for _name, _body, _right, _run, _words in ACTS:
    setattr(LifeActs, _name, _action(_name, _body, _run, _words))
RIGHTS = {name: right for name, _body, right, _run, _words in ACTS}
