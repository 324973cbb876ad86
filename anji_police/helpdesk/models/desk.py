"""What the desk works with: routing rules, replies to start from, saved views."""

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.helpdesk.questions import Category
from anji_police.places.models import Place, Unit

User = settings.AUTH_USER_MODEL


@tracked
class RoutingRule(models.Model):
    """Which unit a request goes to, by category and place; the most exact one in force wins, else the jurisdiction."""

    category = models.CharField(_("category"), max_length=12, choices=Category)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, verbose_name=_("place"))
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "place"],
                name="routing_one_unit",
                condition=Q(is_active=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} → {self.unit}"


@tracked
class CannedReply(models.Model):
    """A reply to start from, with variables {reference} {unit} {officer} {day}."""

    title = models.CharField(_("title"), max_length=60)
    category = models.CharField(_("category"), max_length=12, choices=Category, blank=True)
    body = models.TextField(_("text"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("unit"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("canned reply")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own views, and those shared with the units that the person belongs to."""
        if not user.is_authenticated:
            return self.none()
        shared = Q(shared_with=None, is_shared=True)
        if user.unit_id:
            shared |= Q(
                is_shared=True, shared_with__in=[int(pk) for pk in user.unit.path.strip("/").split("/")]
            )
        return self.filter(Q(owner=user) | shared)


@tracked
class SavedView(models.Model):
    """A named filter, order and set of columns of the queue; one's own or shared with a unit and those below it."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    query = models.JSONField(default=dict)  # the query string of the queue page, as {name: [values]}
    columns = ArrayField(models.CharField(max_length=20), default=list)
    is_shared = models.BooleanField(_("shared"), default=False)
    shared_with = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="savedview_name")]

    def __str__(self) -> str:
        return self.name
