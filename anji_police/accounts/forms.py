"""What a person types about accounts. The rules themselves are in services and in the database."""

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.places.models import Place, Unit


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


_password_help = lazy(lambda: " ".join(str(text) for text in password_validators_help_texts()), str)


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("Login name"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"), max_length=128, strip=False, widget=_password("current-password")
    )


class TokenForm(forms.Form):
    token = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class SetUpForm(forms.Form):
    token = forms.CharField(
        label=_("Code from the app"),
        max_length=6,
        validators=[RegexValidator(r"^[0-9]{6}$", _("Six digits."))],
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=_("Present password"), max_length=128, strip=False, widget=_password("current-password")
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        help_text=_password_help(),
        widget=_password("new-password"),
    )
    again = forms.CharField(
        label=_("New password again"), max_length=128, strip=False, widget=_password("new-password")
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return cleaned


class ApiTokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=60)
    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=365, initial=90)


class AccountSearchForm(forms.Form):
    q = forms.CharField(label=_("Name, login name or police number"), max_length=40, required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"), required=False, empty_label=_("All"))
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All")), ("none", _("No role yet")), *Role.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("active", _("In use")), ("closed", _("Switched off"))],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.all()


class AccountFields(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=40)
    police_number = forms.CharField(
        label=_("Police number"),
        max_length=8,
        required=False,
        help_text=_("Six to eight digits; police only."),
        validators=[RegexValidator(r"^[0-9]{6,8}$", _("Six to eight digits."))],
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"), required=False)
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_("Village"), required=False, help_text=_("For village committees only.")
    )
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active()
        self.fields["place"].queryset = Place.objects.villages()


class CreateAccountForm(AccountFields):
    username = forms.CharField(
        label=_("Login name"),
        max_length=40,
        help_text=_("Small letters, digits, dot and hyphen; can't be changed later."),
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9.-]{1,39}$", _("Small letters, digits, dot and hyphen."))
        ],
    )
    field_order = ["username", "name", "police_number", "unit", "place", "email"]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=200)


class ChangeAccountForm(AccountFields):
    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=200)

    @classmethod
    def of(cls, account: User, data=None):
        names = ("name", "police_number", "unit", "place", "email")
        return cls(data, initial={name: getattr(account, name) for name in names})


class RoleForm(ReasonForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class ClearanceForm(ReasonForm):
    clearance = forms.TypedChoiceField(
        label=_("Clearance"),
        coerce=int,
        choices=[
            (0, _("0 none")),
            (1, _("1 restricted")),
            (2, _("2 confidential")),
            (3, _("3 strictly confidential")),
        ],
    )


def with_errors(form: forms.Form, error) -> forms.Form:
    """Put the messages of an InvalidInput beside the fields they are about."""
    for name, messages in error.fields.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
    if not error.fields:
        form.add_error(None, str(error))
    return form
