from django.utils.translation import gettext_lazy as _

from anji_police import nav

nav.add(
    "notifications:outbox",
    label=_("Outgoing messages"),
    icon="mail",
    section="administration",
    permission="notifications.view_outbox",
)
