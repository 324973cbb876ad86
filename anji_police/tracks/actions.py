from django.utils.translation import gettext_lazy as _

from anji_police.audit.actions import name

name(
    {
        "tracks.track.begun": _("Track begun"),
        "tracks.track.imported": _("Track imported"),
        "tracks.track.ruled_on": _("Doubtful track ruled on"),
        "tracks.points.purged": _("Positions of tracks deleted when their time was over"),
    }
)
