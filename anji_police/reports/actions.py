from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "reports.preview.drawn": _("Preview of a report drawn"),
        "reports.version.requested": _("Report asked for"),
        "reports.version.drawn": _("Report measured and drawn"),
        "reports.version.reviewed": _("Report reviewed"),
        "reports.version.sent-back": _("Report sent back"),
        "reports.version.issued": _("Report signed and issued"),
        "reports.version.superseded": _("Report superseded"),
        "reports.version.withdrawn": _("Report withdrawn"),
    }
)
