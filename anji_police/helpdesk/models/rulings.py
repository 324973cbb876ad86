"""What is decided about a request: sent back, merged, rated."""

from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anji_police.audit.history import tracked
from anji_police.crypto import SealedRow
from anji_police.helpdesk.models.requests import HelpRequest
from anji_police.places.models import Unit

User = settings.AUTH_USER_MODEL


@tracked
class Return(models.Model):
    """A unit sends a request back (退单); the duty desk rules on it, and after a ruling there is no second return."""

    class Reason(models.TextChoices):
        NOT_OURS = "not_ours", _("Not this unit's area")
        NOT_POLICE = "not_police", _("Not a police matter")
        UNCLEAR = "unclear", _("Facts too unclear to act on")
        DOUBLE = "double", _("Handled already")

    class Ruling(models.TextChoices):
        UPHELD = "upheld", _("Return upheld")
        REFUSED = "refused", _("Return refused")

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="returns")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    reason = models.CharField(_("ground"), max_length=10, choices=Reason)
    explanation = models.TextField(_("explanation"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ruling = models.CharField(_("ruling"), max_length=8, choices=Ruling, blank=True)
    ruled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("return")
        constraints = [
            models.UniqueConstraint(fields=["request"], name="return_one_open", condition=Q(ruling="")),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.unit}"


@tracked
class Merge(models.Model):
    """One merge of a duplicate into the request that goes on; undone by setting `undone_at`."""

    duplicate = models.ForeignKey(HelpRequest, models.PROTECT, related_name="merges")
    target = models.ForeignKey(HelpRequest, models.PROTECT, related_name="+")
    state_before = models.CharField(max_length=30)
    merged_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        constraints = [
            models.UniqueConstraint(fields=["duplicate"], name="merge_once", condition=Q(undone_at=None)),
            models.CheckConstraint(name="merge_not_itself", condition=~Q(duplicate=models.F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.target}"


@tracked
class Rating(SealedRow):
    """One rating (好差评) of one round: 5 very satisfied to 1 very dissatisfied. Officers see it, never who gave it."""

    class Score(models.IntegerChoices):
        VERY_SATISFIED = 5, _("Very satisfied")
        SATISFIED = 4, _("Satisfied")
        FAIR = 3, _("Fair")
        DISSATISFIED = 2, _("Dissatisfied")
        VERY_DISSATISFIED = 1, _("Very dissatisfied")

    BAD = (1, 2)

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField(
        _("rating"), choices=Score, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField(_("comment"), blank=True)
    rated_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("rating")
        constraints = [
            models.UniqueConstraint(fields=["request", "round"], name="rating_once_a_round"),
            models.CheckConstraint(name="rating_one_to_five", condition=Q(score__gte=1, score__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.score}"
