"""What officers fill in about mediators and the bodies that they belong to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anji_police.places.models import Place, Unit
from mediation.forms import DATE, AccountField, OriginField, WordsField
from mediation.models import (
    Committee,
    CommitteeMember,
    Complaint,
    Conflict,
    ServiceStation,
    Team,
)


class MediatorForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40)
    phone = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    id_number = forms.CharField(label=_("Identity number"), max_length=30, required=False)
    origin = OriginField(label=_("Declared origin"), help_text=_("As the person says, such as 金寨县"))
    place = forms.ModelChoiceField(label=_("Township"), queryset=Place.objects.townships())
    team = forms.ModelChoiceField(
        label=_("Hometown team"),
        queryset=Team.objects.filter(dissolved_on=None),
        required=False,
        empty_label=_("None"),
    )
    station = forms.ModelChoiceField(
        label=_("Service station"),
        queryset=ServiceStation.objects.filter(is_active=True),
        required=False,
        empty_label=_("That of the team"),
    )
    dialects = WordsField(label=_("Dialects"))
    languages = WordsField(label=_("Languages"))
    skills = WordsField(label=_("Skills"))
    born_on = forms.DateField(label=_("Born"), widget=DATE, required=False)
    load_limit = forms.IntegerField(
        label=_("Cases at once"), min_value=1, max_value=50, initial=5, required=False
    )
    user = AccountField(
        label=_("Login name"),
        max_length=40,
        required=False,
        help_text=_("Of an account with the mediator role"),
    )

    def clean_load_limit(self) -> int:
        return self.cleaned_data["load_limit"] or 5


class ChangeForm(forms.Form):
    """What of a mediator's entry may be corrected on the page; numbers are left as they are when nothing is typed."""

    name = forms.CharField(label=_("Name"), max_length=40)
    phone = forms.CharField(
        label=_("Phone number"), max_length=30, required=False, help_text=_("Left empty, it stays as it is")
    )
    id_number = forms.CharField(
        label=_("Identity number"),
        max_length=30,
        required=False,
        help_text=_("Left empty, it stays as it is"),
    )
    origin = OriginField(label=_("Declared origin"), help_text=_("As the person says, such as 金寨县"))
    place = forms.ModelChoiceField(label=_("Township"), queryset=Place.objects.townships())
    team = forms.ModelChoiceField(
        label=_("Hometown team"), queryset=Team.objects.all(), required=False, empty_label=_("None")
    )
    station = forms.ModelChoiceField(
        label=_("Service station"),
        queryset=ServiceStation.objects.all(),
        required=False,
        empty_label=_("None"),
    )
    dialects = WordsField(label=_("Dialects"))
    languages = WordsField(label=_("Languages"))
    skills = WordsField(label=_("Skills"))
    born_on = forms.DateField(label=_("Born"), widget=DATE, required=False)
    load_limit = forms.IntegerField(label=_("Cases at once"), min_value=1, max_value=50)

    def facts(self) -> dict:
        """The cleaned facts without the numbers that were left empty."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value or name not in ("phone", "id_number")
        }


class AccountForm(forms.Form):
    user = AccountField(
        label=_("Login name"),
        max_length=40,
        required=False,
        help_text=_("Left empty, the account is taken away"),
    )


class AppointForm(forms.Form):
    committee = forms.ModelChoiceField(
        label=_("Committee"), queryset=Committee.objects.filter(is_active=True)
    )
    start = forms.DateField(label=_("From"), widget=DATE)
    end = forms.DateField(label=_("Until (not included)"), widget=DATE)


class RetireForm(forms.Form):
    on = forms.DateField(label=_("Leaves on"), widget=DATE)


class StationForm(forms.Form):
    name = forms.CharField(label=_("Service station"), max_length=60)
    place = forms.ModelChoiceField(label=_("Township"), queryset=Place.objects.townships())
    unit = forms.ModelChoiceField(label=_("Police station"), queryset=Unit.objects.stations().active())


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Hometown team"), max_length=60)
    origin = OriginField(label=_("Origin"), help_text=_("Such as 金寨县"))
    station = forms.ModelChoiceField(
        label=_("Service station"), queryset=ServiceStation.objects.filter(is_active=True)
    )
    founded_on = forms.DateField(label=_("Founded"), widget=DATE)
    dialects = WordsField(label=_("Dialects"))


class CommitteeForm(forms.Form):
    name = forms.CharField(label=_("Committee"), max_length=80)
    place = forms.ModelChoiceField(label=_("Township"), queryset=Place.objects.townships())


class MemberForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40)
    sex = forms.ChoiceField(label=_("Sex"), choices=CommitteeMember.Sex.choices)
    is_head = forms.BooleanField(label=_("Heads the committee"), required=False)
    start = forms.DateField(label=_("From"), widget=DATE)
    end = forms.DateField(label=_("Until (not included)"), widget=DATE)


class ConflictForm(forms.Form):
    kind = forms.ChoiceField(label=_("Relation"), choices=Conflict.Kind.choices)
    name = forms.CharField(label=_("Person or organisation"), max_length=60)
    phone = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    id_number = forms.CharField(label=_("Identity number"), max_length=30, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ComplaintForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground of the complaint"), choices=Complaint.Ground.choices)
    text = forms.CharField(
        label=_("What happened"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}), max_length=2000
    )
    received_on = forms.DateField(label=_("Received on"), widget=DATE, required=False)


class DecisionForm(forms.Form):
    finding = forms.ChoiceField(label=_("Finding"), choices=Complaint.Finding.choices)
    result = forms.CharField(label=_("What was done"), max_length=300)


class TrainingForm(forms.Form):
    topic = forms.CharField(label=_("Topic"), max_length=100)
    organiser = forms.CharField(label=_("Held by"), max_length=80, required=False)
    held_on = forms.DateField(label=_("Day"), widget=DATE)
    hours = forms.DecimalField(label=_("Hours"), max_digits=4, decimal_places=1, min_value=0)
