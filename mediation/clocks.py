from django.utils.translation import gettext as _

from anji_police.workflow import services as workflow
from anji_police.workflow.registry import escalates
from mediation.models import Assignment, Dispute, DisputeStatus
from mediation.services import dispatching, limits
from mediation.services.common import tell_police


def _tell(deadline, dispute: Dispute, text: str, *, officers: bool = False) -> None:
    tell_police(dispute, text, key=f"{deadline.kind}:{deadline.pk}", officers=officers)


def _dispute(deadline) -> Dispute:
    return Dispute.objects.select_related("unit", "leader").get(pk=deadline.subject_id)


@escalates("mediation.accept")
def acceptance_missed(deadline) -> None:
    dispute = _dispute(deadline)
    dispatching.withdraw_unanswered(dispute)
    _tell(deadline, dispute, _("No mediator has accepted %(code)s in time. Ask somebody else."))


@escalates("mediation.assist")
def assistance_missed(deadline) -> None:
    row = Assignment.objects.select_related("dispute__unit").get(pk=deadline.subject_id)
    dispatching.withdraw_assistant(row)
    _tell(deadline, row.dispute, _("Who was asked to assist with %(code)s has not answered in time."))


@escalates("mediation.conclude")
def conclusion_missed(deadline) -> None:
    _tell(
        deadline,
        _dispute(deadline),
        _("%(code)s was not concluded in time. Extend with all parties' consent, or end it."),
    )


@escalates(limits.CONSENT)
def consent_missed(deadline) -> None:
    _tell(deadline, _dispute(deadline), _("%(code)s still lacks an answer of a party. Ask again, or end it."))


@escalates(limits.CHOOSE)
def choice_missed(deadline) -> None:
    """The parties have named nobody in time: the station appoints a mediator, with a limit of its own."""
    dispute = limits.lock_at_once(_dispute(deadline))
    if dispute.status != DisputeStatus.TO_ASSIGN:
        return
    workflow.cancel_clocks(dispute, limits.CHOOSE)
    workflow.start_clock(record=dispute, kind=limits.APPOINT, rule=limits.APPOINT, at=deadline.due_at)
    limits.refresh_due(dispute)
    _tell(deadline, dispute, _("The parties of %(code)s have chosen no mediator in time. Appoint one."))


@escalates(limits.APPOINT)
def appointment_missed(deadline) -> None:
    _tell(deadline, _dispute(deadline), _("No mediator was appointed for %(code)s in time."))


@escalates(limits.SECOND_TRY)
def second_try_missed(deadline) -> None:
    _tell(
        deadline,
        _dispute(deadline),
        _("The seven working days for a second try of %(code)s are over. End mediation; the case goes on."),
    )


@escalates(limits.CASE)
def case_missed(deadline) -> None:
    _tell(deadline, _dispute(deadline), _("The public-security case of %(code)s was not decided in time."))


@escalates(limits.OUTSIDE)
def transfer_missed(deadline) -> None:
    _tell(
        deadline, _dispute(deadline), _("%(code)s happened outside our area and was not moved in 24 hours.")
    )


@escalates(limits.RED)
def red_unseen(deadline) -> None:
    _tell(
        deadline,
        _dispute(deadline),
        _("Alarm: nobody has seen the parties of the red dispute %(code)s for 24 hours."),
        officers=True,
    )


@escalates(limits.TASK)
def task_missed(deadline) -> None:
    _tell(deadline, _dispute(deadline), _("The police task of %(code)s was not answered in time."))


@escalates(limits.CONFIRM_WARNING)
def confirmation_soon_over(deadline) -> None:
    """Not a duty, a chance: the clock ends with its warning."""
    dispute = limits.lock_at_once(_dispute(deadline))
    workflow.cancel_clocks(dispute, limits.CONFIRM_WARNING)
    limits.refresh_due(dispute)
    _tell(
        deadline,
        dispute,
        _("The time to apply for judicial confirmation of %(code)s is nearly over. Ask the parties."),
    )


@escalates(limits.CONFIRM)
def confirmation_over(deadline) -> None:
    """The chance is gone, and nobody is late for it."""
    dispute = limits.lock_at_once(_dispute(deadline))
    workflow.cancel_clocks(dispute, limits.CONFIRM)
    limits.refresh_due(dispute)


@escalates(limits.RECEIPT)
def receipt_missed(deadline) -> None:
    _tell(deadline, _dispute(deadline), _("The referral of %(code)s has no receipt yet. Ask there."))
