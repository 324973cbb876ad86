from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "mediation.dispute.registered": _("Dispute registered"),
        "mediation.dispute.party-entered": _("Party entered"),
        "mediation.dispute.consent-asked": _("Consent of the parties asked"),
        "mediation.dispute.consent-recorded": _("Consent of a party recorded"),
        "mediation.dispute.consent-complete": _("Consent complete"),
        "mediation.dispute.refused": _("No mediation"),
        "mediation.dispute.risk-assessed": _("Risk assessed"),
        "mediation.dispute.offered": _("Dispute offered to a mediator"),
        "mediation.dispute.assistant-asked": _("Assistant mediator asked"),
        "mediation.dispute.accepted": _("Dispute accepted by the mediator"),
        "mediation.dispute.declined": _("Dispute declined by the mediator"),
        "mediation.dispute.offer-lapsed": _("Offer to a mediator lapsed"),
        "mediation.dispute.mediator-replaced": _("Mediator replaced"),
        "mediation.dispute.session-recorded": _("Session recorded"),
        "mediation.dispute.agreed": _("Agreement reached"),
        "mediation.dispute.in-effect": _("Agreement in effect"),
        "mediation.dispute.failed": _("Mediation failed"),
        "mediation.dispute.performance-recorded": _("Performance recorded"),
        "mediation.dispute.performed": _("Agreement performed"),
        "mediation.dispute.unperformed": _("Agreement not performed"),
        "mediation.dispute.follow-up-planned": _("Follow-up planned"),
        "mediation.dispute.followed-up": _("Follow-up done"),
        "mediation.dispute.follow-up-waived": _("Follow-up waived"),
        "mediation.dispute.closed": _("Dispute closed"),
        "mediation.dispute.reopened": _("Dispute reopened"),
        "mediation.dispute.moved": _("State of a dispute changed"),
        "mediation.mediator.entered": _("Mediator entered"),
        "mediation.mediator.appointed": _("Mediator appointed"),
        "mediation.mediator.retired": _("Mediator retired"),
        "mediation.station.entered": _("Service station entered"),
        "mediation.team.entered": _("Mediation team entered"),
        "mediation.committee.entered": _("Committee entered"),
    }
)
