"""What a citizen types, one subject a page. The rules are the service's; a form only parses and shows."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anji_police.helpdesk import questions
from anji_police.helpdesk.models import HelpRequest, Rating
from anji_police.helpdesk.questions import Category
from anji_police.places.models import Place


class CategoryForm(forms.Form):
    category = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[(c.value, c.label) for c in Category],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )


class QuestionsForm(forms.Form):
    """The questions of a category that apply after the answers so far."""

    def __init__(self, data=None, *, category: str, answers: dict[str, str]):
        super().__init__(data, initial=answers)
        for question in questions.asked(category, answers):
            if question.options:
                self.fields[question.key] = forms.ChoiceField(
                    label=question.label,
                    help_text=question.hint,
                    required=question.required,
                    choices=list(question.options.items()),
                    widget=forms.RadioSelect,
                    error_messages={"required": _("Choose an answer.")},
                )
            else:
                self.fields[question.key] = forms.CharField(
                    label=question.label,
                    help_text=question.hint,
                    required=question.required,
                    max_length=question.max_length,
                    error_messages={"required": _("Fill this in.")},
                )


class StoryForm(forms.Form):
    description = forms.CharField(
        label=_("What happened?"),
        help_text=_("Who, what, and what you would like. Leave out passwords and verification codes."),
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": 3000}),
        min_length=5,
        max_length=3000,
        error_messages={
            "required": _("Tell what happened in 5 to 3,000 characters."),
            "min_length": _("Tell what happened in 5 to 3,000 characters."),
        },
    )
    happened = forms.CharField(
        label=_("When was it?"),
        help_text=_("Such as: yesterday evening, or since March."),
        required=False,
        max_length=100,
    )


class PlaceForm(forms.Form):
    township = forms.ModelChoiceField(
        label=_("Township or subdistrict"),
        queryset=Place.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("I don't know"),
    )
    village = forms.ModelChoiceField(
        label=_("Village or community"),
        queryset=Place.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("I don't know"),
    )
    location_text = forms.CharField(
        label=_("Where exactly?"),
        help_text=_("A landmark, a house number, a road: whatever helps us find it."),
        required=False,
        max_length=200,
    )
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["township"].queryset = Place.objects.townships()
        villages = Place.objects.villages().select_related("parent")
        self.fields["village"].queryset = villages
        groups: dict[str, list] = {}
        for village in villages:
            groups.setdefault(village.parent.name, []).append((village.code, village.name))
        self.fields["village"].choices = [("", self.fields["village"].empty_label), *groups.items()]

    def clean(self):
        cleaned = super().clean()
        township, village = cleaned.get("township"), cleaned.get("village")
        if township and village and village.parent_id != township.pk:
            self.add_error("village", _("This village does not belong to the township."))
        return cleaned


class ContactForm(forms.Form):
    contact = forms.ChoiceField(
        label=_("How shall we reach you?"),
        choices=HelpRequest.Contact.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Your phone number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    consent = forms.BooleanField(
        label=_(
            "I have read the notice on personal data and agree that my name and number are used for this request."
        ),
        required=False,
    )


class TrackForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference number"),
        help_text=_("Twelve digits, such as 261124-583921."),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Enter the reference number.")},
    )
    secret = forms.CharField(
        label=_("Query code"),
        help_text=_("Twelve letters and digits. Capitals, blanks and dashes do not matter."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter the query code.")},
    )


class ReplyForm(forms.Form):
    body = forms.CharField(
        label=_("Add something"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 3000}),
        error_messages={"required": _("Write something first.")},
    )


class RatingForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        choices=Rating.Score.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the five levels.")},
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )
