from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "ledgers.sheet.exported": _("List exported"),
        "ledgers.sheet.applied": _("Sheet taken in"),
        "ledgers.sheet.checked": _("Sheet checked"),
    }
)
