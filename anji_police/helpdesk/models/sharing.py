"""Who besides its unit has to do with a request, and who must have nothing to do with it."""

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police import memo
from anji_police.audit.history import tracked
from anji_police.places.models import Unit

User = settings.AUTH_USER_MODEL


class AssistQuerySet(models.QuerySet):
    def keys_for(self, user, units: list[int]) -> list[int]:
        """The keys of the requests that `units` assist with now. As a list, so that a list of requests can be answered from
        the indexes of unit, officer and key together, however few of a million a small unit sees."""
        assisting = self.filter(unit__in=units, ended_at=None)
        return memo.once(("assists", user.pk), lambda: list(assisting.values_list("request", flat=True)))


@tracked
class Assist(models.Model):
    """A unit that helps the lead unit (协办)."""

    request = models.ForeignKey("HelpRequest", models.CASCADE, related_name="assists")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    objects = AssistQuerySet.as_manager()

    class Meta:
        verbose_name = _("assisting unit")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "unit"], name="assist_once", condition=Q(ended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.unit}"


@tracked
class Exclusion(models.Model):
    """An officer with a conflict of interest: sees nothing of the request."""

    request = models.ForeignKey("HelpRequest", models.CASCADE, related_name="exclusions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("conflict of interest")
        constraints = [models.UniqueConstraint(fields=["request", "user"], name="exclusion_once")]

    def __str__(self) -> str:
        return f"{self.request} {self.user}"

    @classmethod
    def requests_kept_from(cls, user) -> RawSQL:
        """The keys of the requests that `user` sees nothing of. Every look at requests asks it, and as a query of the ORM it
        took as long to build as all the rest of such a look."""
        return RawSQL(f"SELECT request_id FROM {cls._meta.db_table} WHERE user_id = %s", [user.pk])  # noqa: S608, S611
