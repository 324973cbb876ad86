from django import forms
from django.utils.translation import gettext_lazy as _

from anji_police.errors import InvalidInput


class RuleForm(forms.Form):
    value = forms.DecimalField(label=_("New value"), min_value=0, max_digits=14, decimal_places=2)
    valid_from = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    article = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Law and article, standard number, or the bureau's order."),
    )


class CalendarForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2020, max_value=2100)
    source = forms.CharField(
        label=_("Notice"), max_length=120, help_text=_("Number of the State Council's notice.")
    )
    days = forms.CharField(
        label=_("Days"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One day a line: 2027-01-01 holiday 元旦, or 2027-02-07 working 春节调休上班."),
    )

    def parsed(self) -> dict:
        """{date: (is_working, name)}. Raises InvalidInput naming the first bad line."""
        found = {}
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), 1):
            parts = line.split(maxsplit=2)
            if not parts:
                continue
            try:
                day = forms.DateField().clean(parts[0])
                working = {"holiday": False, "working": True}[parts[1]]
                found[day] = (working, parts[2].strip()[:40])
            except (forms.ValidationError, KeyError, IndexError):
                message = _("Line %(number)d can't be read: %(line)s") % {"number": number, "line": line[:60]}
                raise InvalidInput(fields={"days": [message]}) from None
        return found
