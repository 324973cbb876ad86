"""Which time limits run in which state, as data. The states themselves are moved by the acts."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from anji_police.workflow import services as workflow
from anji_police.workflow.models import TransitionEntry
from mediation.models import Dispute, DisputeStatus

CONSENT, CHOOSE, APPOINT = "mediation.consent", "mediation.choose", "mediation.appoint"
SECOND_TRY, CASE, OUTSIDE = "mediation.second_try", "mediation.case", "mediation.out_of_area"
RED, TASK = "mediation.red_unseen", "mediation.police_task"
CONFIRM, CONFIRM_WARNING = "mediation.judicial_confirmation", "mediation.judicial_warning"
RECEIPT = "mediation.referral_receipt"

# State -> clocks that begin with it; the kind of a clock is the code of its rule. Leaving the state meets them.
BEGINS = {
    DisputeStatus.CONSULTING: (CONSENT,),
    DisputeStatus.TO_ASSIGN: (CHOOSE,),
}
# Clocks that another clock's end begins, and that leaving the state meets as well.
FOLLOWS = {DisputeStatus.TO_ASSIGN: (APPOINT,)}
# States in which the agreement can still be taken to court.
CONFIRMABLE = (DisputeStatus.EFFECTIVE, DisputeStatus.UNPERFORMED)


@receiver(post_save, sender=TransitionEntry, dispatch_uid="mediation.limits")
def on_change_of_state(sender, instance: TransitionEntry, created: bool, **kwargs) -> None:
    """Each change of state is a row, whichever act made it: its clocks stop and begin here, in the same transaction."""
    if not created or instance.subject_type != Dispute._meta.label_lower:
        return
    dispute = Dispute(pk=instance.subject_id)
    for state in {*BEGINS, *FOLLOWS} - {instance.to_state}:
        for kind in (*BEGINS.get(state, ()), *FOLLOWS.get(state, ())):
            workflow.meet_clock(dispute, kind, at=instance.at)
    if instance.to_state not in CONFIRMABLE:
        workflow.cancel_clocks(dispute, CONFIRM, CONFIRM_WARNING)
    if instance.to_state != DisputeStatus.MEDIATING:
        workflow.cancel_clocks(dispute, SECOND_TRY)
    for kind in BEGINS.get(instance.to_state, ()):
        workflow.start_clock(record=dispute, kind=kind, rule=kind, at=instance.at)
    refresh_due(dispute)


def refresh_due(dispute: Dispute) -> None:
    """sync_due() for a dispute that is known by its key alone."""
    nearest = workflow.nearest_due(dispute)
    Dispute.objects.filter(pk=dispute.pk).exclude(due_at=nearest).update(due_at=nearest)


def lock_at_once(dispute: Dispute) -> Dispute:
    """For the sweep, which holds the clock: it gives way to a person who holds the dispute, and comes back."""
    return Dispute.objects.select_for_update(of=("self",), nowait=True).get(pk=dispute.pk)
