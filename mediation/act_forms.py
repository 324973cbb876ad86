"""The forms of the acts that a dispute's page offers beside its main way. The rules are the services'."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.periods import today
from anji_police.places.models import Unit
from mediation.casefile import SCANNED
from mediation.forms import DATE, ReasonForm
from mediation.models import (
    Dispute,
    JudicialConfirmation,
    Party,
    PoliceCase,
    PoliceTask,
    Referral,
    SuitabilityCheck,
)
from mediation.services.public_security import BARS

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


def _is_yes(value: str) -> bool:
    return value == "yes"


def party_choices(dispute: Dispute, **only) -> list[tuple[int, str]]:
    """The parties as choices, each by side and mask."""
    return [
        (party.pk, f"{party.get_side_display()} {party.name}") for party in dispute.parties.filter(**only)
    ]


class AboutDispute(forms.Form):
    """A form of one dispute for one person."""

    def __init__(self, *args, dispute: Dispute, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.dispute, self.actor = dispute, actor
        self.prepare()

    def prepare(self) -> None:
        pass


class NothingForm(AboutDispute):
    """An act that needs no words."""


class ReasonOnly(AboutDispute, ReasonForm):
    pass


class CheckForm(AboutDispute):
    act = forms.ChoiceField(label=_("Act against public security"), choices=SuitabilityCheck.Act.choices)
    ground = forms.ChoiceField(label=_("Why it may be mediated"), choices=SuitabilityCheck.Ground.choices)
    is_minor_case = forms.TypedChoiceField(
        label=_("Are the circumstances minor?"), choices=YES_NO, coerce=_is_yes, widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        for party in self.dispute.parties.all():
            self.fields[f"part_{party.pk}"] = forms.ChoiceField(
                label=_("Part of %(who)s") % {"who": f"{party.get_side_display()} {party.name}"},
                choices=Party.Part.choices,
                initial=party.part,
            )
        for bar, label in BARS.items():
            self.fields[f"bar_{bar}"] = forms.TypedChoiceField(
                label=label, choices=YES_NO, coerce=_is_yes, widget=forms.RadioSelect
            )
            self.fields[f"reason_{bar}"] = forms.CharField(
                label=_("Reason, if yes"), max_length=300, required=False
            )

    def facts(self) -> dict:
        data = self.cleaned_data
        return {
            "act": data["act"],
            "ground": data["ground"],
            "is_minor_case": data["is_minor_case"],
            "answers": {
                bar: {"applies": data[f"bar_{bar}"], "reason": data[f"reason_{bar}"]} for bar in BARS
            },
            "parts": {
                int(name.removeprefix("part_")): value
                for name, value in data.items()
                if name.startswith("part_")
            },
        }


class CaseExtensionForm(AboutDispute):
    approved_by = forms.CharField(label=_("Approved by"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class CaseDecisionForm(AboutDispute):
    decision = forms.ChoiceField(label=_("Decision"), choices=PoliceCase.Decision.choices)
    number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    decided_on = forms.DateField(label=_("Decided on"), widget=DATE, initial=today)


class ExtensionForm(AboutDispute):
    days = forms.IntegerField(label=_("Days more"), min_value=1, max_value=365, initial=30)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    form = forms.ChoiceField(label=_("How they agreed"), choices=Party.Form.choices)
    agreed_by = forms.TypedMultipleChoiceField(
        label=_("These parties agree"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        self.fields["agreed_by"].choices = party_choices(self.dispute)


class AppraisalForm(AboutDispute):
    what = forms.CharField(label=_("What is appraised"), max_length=100)
    agency = forms.CharField(label=_("Agency"), max_length=80, required=False)


class AppraisalResultForm(AboutDispute):
    result = forms.CharField(label=_("Result"), max_length=300)


class EscalateForm(AboutDispute):
    signs = forms.CharField(
        label=_("What you saw"), max_length=300, required=False, help_text=_("May be left empty")
    )


class TaskAnswerForm(AboutDispute):
    result = forms.ChoiceField(label=_("Result"), choices=PoliceTask.Result.choices)
    answer = forms.CharField(label=_("What was found and done"), max_length=300)
    case_number = forms.CharField(label=_("Number of the case"), max_length=60, required=False)


class LeaderForm(AboutDispute):
    leader = forms.ModelChoiceField(label=_("Leader in charge"), queryset=User.objects.none())

    def prepare(self) -> None:
        chiefs = User.objects.with_role(Role.STATION_CHIEF, Role.LEADERSHIP)
        near = Q(unit=self.dispute.unit_id) | Q(unit__kind=Unit.Kind.BUREAU)
        self.fields["leader"].queryset = chiefs.filter(near).order_by("name")
        self.fields["leader"].initial = self.dispute.leader_id


class ConfirmationForm(AboutDispute):
    court = forms.CharField(label=_("Court"), max_length=60, initial="安吉县人民法院")
    applied_on = forms.DateField(label=_("Applied on"), widget=DATE, initial=today)
    about_identity = forms.TypedChoiceField(
        label=_("Is it about a marriage, an adoption or another identity relation?"),
        choices=YES_NO,
        coerce=_is_yes,
        widget=forms.RadioSelect,
    )
    agreed_by = forms.TypedMultipleChoiceField(
        label=_("These parties apply"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        self.fields["agreed_by"].choices = party_choices(self.dispute)


class CourtForm(AboutDispute):
    to = forms.ChoiceField(
        label=_("What happened"),
        choices=[c for c in JudicialConfirmation.Status.choices if c[0] != "applied"],
    )
    on = forms.DateField(label=_("Day"), widget=DATE, initial=today)
    number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class ReferralForm(AboutDispute):
    body = forms.ChoiceField(label=_("Refer to"), choices=Referral.Body.choices)
    unit = forms.ModelChoiceField(
        label=_("Police station"), queryset=Unit.objects.none(), required=False, empty_label=_("None")
    )
    body_name = forms.CharField(label=_("Name"), max_length=80, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def prepare(self) -> None:
        self.fields["unit"].queryset = Unit.objects.stations().active().exclude(pk=self.dispute.unit_id)


class ReceiptForm(AboutDispute):
    receipt = forms.CharField(label=_("Confirmed by, or number"), max_length=80, required=False)


class ReferralAnswerForm(AboutDispute):
    answer = forms.CharField(label=_("What became of it"), max_length=300)


class RoutesForm(AboutDispute):
    form = forms.ChoiceField(label=_("How they were told"), choices=Party.Form.choices)


class IdentityForm(AboutDispute):
    party = forms.TypedChoiceField(label=_("Party"), coerce=int)

    def prepare(self) -> None:
        self.fields["party"].choices = party_choices(self.dispute, identity_checked_at=None)


class PaperForm(AboutDispute):
    item = forms.ChoiceField(label=_("Line of the catalogue"))
    upload = forms.FileField(
        label=_("Photo or PDF"),
        required=False,
        help_text=_("Becomes numbered pages of the file. May be left out; the paper is kept on paper then."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )
    title = forms.CharField(
        label=_("Title of the paper"),
        max_length=80,
        required=False,
        help_text=_("May be left out; then it is called by the name of the file or of the line"),
    )
    pages = forms.IntegerField(
        label=_("Number of pages"),
        min_value=1,
        max_value=999,
        initial=1,
        help_text=_("Of a paper that is kept on paper; those of a photo or PDF are counted"),
    )

    def prepare(self) -> None:
        self.fields["item"].choices = [(i.key, f"{i.number} {i.label}") for i in SCANNED]
