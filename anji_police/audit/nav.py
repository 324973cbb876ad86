from django.utils.translation import gettext_lazy as _

from anji_police import nav

nav.add(
    "audit:event-list",
    label=_("Trail"),
    icon="history",
    section="administration",
    permission="audit.view_trail",
)
nav.add(
    "audit:read-list",
    label=_("Reads of personal data"),
    icon="eye",
    section="administration",
    permission="audit.view_trail",
)
nav.add("audit:chain", label=_("Chain"), icon="link", section="administration", permission="audit.view_trail")
nav.add(
    "audit:row-history",
    label=_("Row history"),
    icon="database",
    section="administration",
    permission="audit.view_trail",
)
