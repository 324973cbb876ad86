from django.utils.translation import gettext_lazy as _

from anji_police import nav

nav.add(
    "ledgers:index",
    label=_("Import and export"),
    icon="download",
    section="records",
    permission="ledgers.use_ledgers",
)
