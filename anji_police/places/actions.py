from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "places.area.imported": _("Areas of townships imported"),
        "places.jurisdiction.changed": _("Jurisdiction changed"),
        "places.unit.created": _("Unit created"),
        "places.unit.changed": _("Unit changed"),
        "places.unit.moved": _("Unit moved in the tree"),
        "places.unit.closed": _("Unit closed"),
        "places.unit.reopened": _("Unit opened again"),
    }
)
