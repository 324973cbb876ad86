"""What administrators type about units. The rules themselves are in services and in the database."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from anji_police.periods import today
from anji_police.places.models import Place, Unit


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), min_length=4, max_length=200)


class UnitSearchForm(forms.Form):
    q = forms.CharField(label=_("Name or code"), max_length=40, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Unit.Kind.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("active", _("In use")), ("closed", _("Switched off"))],
    )


class UnitFields(forms.Form):
    name = forms.CharField(label=_("Unit name"), max_length=60)
    short_name = forms.CharField(label=_("Short name"), max_length=20)
    phone = forms.CharField(
        label=_("Duty phone"),
        max_length=20,
        required=False,
        validators=[RegexValidator(r"^[0-9-]{3,20}$", _("Digits and hyphens."))],
    )


class CreateUnitForm(UnitFields):
    code = forms.CharField(
        label=_("GA 380 code"),
        max_length=12,
        help_text=_("Twelve digits; can't be changed later."),
        validators=[RegexValidator(r"^[0-9]{12}$", _("Twelve digits."))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[c for c in Unit.Kind.choices if c[0] != Unit.Kind.BUREAU]
    )
    parent = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit above"))
    field_order = ["code", "name", "short_name", "kind", "parent", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Unit.objects.active()


class ChangeUnitForm(UnitFields):
    reason = _reason()


class StateForm(forms.Form):
    reason = _reason()


class MoveUnitForm(forms.Form):
    parent = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit above"))
    reason = _reason()

    def __init__(self, *args, unit: Unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Unit.objects.active().exclude(path__startswith=unit.path)


class TakeOverForm(forms.Form):
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Township"))
    start = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = _reason()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = Place.objects.townships()
        self.fields["start"].initial = today
