"""Form controls that Django has not."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MonthInput(forms.TextInput):
    """A month as YYYY-MM, with the browser's picker where it has one."""

    input_type = "month"


class OneOfMany(forms.SelectMultiple):
    """A plain list with "All" for a field that takes several values: a page picks one, an address may name more."""

    allow_multiple_selected = False

    def value_from_datadict(self, data, files, name):
        return [value for value in super().value_from_datadict(data, files, name) or [] if value]

    def optgroups(self, name, value, attrs=None):
        everything = self.create_option(name, "", _("All"), not value, 0)
        return [(None, [everything], 0), *super().optgroups(name, value, attrs)]
