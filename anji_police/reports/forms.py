from django import forms
from django.utils.translation import gettext_lazy as _

from anji_police.periods import add_months, today
from anji_police.reports import presenting


class MonthForm(forms.Form):
    """Which past month to report on."""

    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        last = add_months(today().replace(day=1), -1).strftime("%Y-%m")
        self.fields["month"].choices = [(month, month) for month in presenting.months(last)]


class ActForm(forms.Form):
    """A decision on a version: which state of it the person saw, and why."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False, strip=True)
