from django.utils.translation import gettext_lazy as _

from anji_police import nav

nav.add(
    "places:unit-list",
    label=_("Units"),
    icon="git-branch",
    section="administration",
    permission="places.view_units",
    order=15,
)
