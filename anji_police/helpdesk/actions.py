from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "helpdesk.request.received": _("Request received"),
        "helpdesk.request.assigned": _("Request assigned"),
        "helpdesk.request.accepted": _("Request accepted"),
        "helpdesk.request.assist-asked": _("Another unit asked to help"),
        "helpdesk.request.assist-ended": _("Help of a unit ended"),
        "helpdesk.request.officer-excluded": _("Officer with a conflict of interest shut out"),
        "helpdesk.request.routed": _("Request handed to a field"),
        "helpdesk.request.noted": _("Note written"),
        "helpdesk.request.contacted": _("Citizen contacted"),
        "helpdesk.request.replied": _("Reply to the citizen written"),
        "helpdesk.request.waiting": _("Citizen asked, request waits"),
        "helpdesk.request.resumed": _("Request goes on"),
        "helpdesk.request.answered": _("Request answered"),
        "helpdesk.request.closed": _("Request closed"),
        "helpdesk.request.reopened": _("Request reopened"),
        "helpdesk.request.edited": _("Facts of a request corrected"),
        "helpdesk.request.priority-set": _("Priority of a request set"),
        "helpdesk.request.merged": _("Request merged"),
        "helpdesk.request.took-in": _("Duplicate taken in"),
        "helpdesk.request.unmerged": _("Request taken out of a merge"),
        "helpdesk.request.returned": _("Request returned"),
        "helpdesk.request.return-ruled": _("Return ruled on"),
        "helpdesk.request.return-closed": _("Return closed"),
        "helpdesk.request.citizen-replied": _("Citizen added something"),
        "helpdesk.request.withdrawn": _("Request withdrawn by the citizen"),
        "helpdesk.request.rated": _("Answer rated by the citizen"),
        "helpdesk.helprequest.moved": _("State of a request changed"),
        "helpdesk.canned-reply.saved": _("Canned reply saved"),
        "helpdesk.routing-rule.added": _("Routing rule added"),
        "helpdesk.routing-rule.ended": _("Routing rule ended"),
        "helpdesk.view.saved": _("View of the queue saved"),
        "helpdesk.view.deleted": _("View of the queue deleted"),
    }
)
