"""What is typed about volunteers. The rules are the services'."""

import re

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police import geo
from anji_police.accounts.models import User
from anji_police.errors import InvalidInput
from anji_police.places.models import Place, Unit
from anji_police.tracks.reading import MAX_BYTES
from volunteers.models import Attendance, Beat, Incident, Member, Qualification, Shift, ShiftTemplate, Team
from volunteers.models.people import oversees
from volunteers.services.beats import shape_from

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
ORIGINS = Place.objects.filter(level__in=["province", "prefecture", "county"]).order_by("code")


class OriginField(forms.CharField):
    """A declared origin by its GB/T 2260 code or its name; two places of one name want the code."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = list(ORIGINS.filter(code=text)[:2] if text.isdigit() else ORIGINS.filter(name=text)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Write the county as in the list, such as 金寨县, or its six-digit code.")
            )
        return found[0]


class WordsField(forms.CharField):
    """Words with commas or blanks between them, as a list."""

    def clean(self, value):
        return [word[:20] for word in re.split(r"[,，、;；\s]+", super().clean(value) or "") if word][:10]


def own_units(actor: User):
    """The units that `actor` may enter things for."""
    units = Unit.objects.active() if oversees(actor) else Unit.objects.visible_to(actor).active()
    return units.exclude(kind=Unit.Kind.DEPARTMENT)


class TeamForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("team", "Name"), max_length=60)
    category = forms.ChoiceField(label=_("Category"), choices=Team.Category.choices)
    unit = forms.ModelChoiceField(label=_("Police station"), queryset=Unit.objects.none())
    place = forms.ModelChoiceField(
        label=_("Township"), queryset=Place.objects.townships(), required=False, empty_label=_("Not known")
    )
    purpose = forms.CharField(
        label=pgettext_lazy("team", "Purpose"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = own_units(actor)
        self.fields["unit"].initial = actor.unit_id


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class EmptyForm(forms.Form):
    """An act that asks nothing."""


class LeaderForm(forms.Form):
    leader = forms.ModelChoiceField(label=_("Leader"), queryset=Member.objects.none())

    def __init__(self, *args, team: Team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = Member.objects.active().filter(team=team)


class RecruitForm(forms.Form):
    recruiting = forms.BooleanField(label=_("The public page offers the team"), required=False)


class MemberForm(forms.Form):
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    name = forms.CharField(label=_("Name"), max_length=40)
    phone = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    id_number = forms.CharField(label=_("Identity number"), max_length=30, required=False)
    origin = OriginField(
        label=_("Declared origin"), required=False, help_text=_("As the person says, such as 金寨县")
    )
    dialects = WordsField(label=_("Dialects"), required=False, max_length=200)

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.visible_to(actor).filter(
            status__in=["applied", "approved"]
        )


class QualificationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Qualification.Kind.choices)
    start = forms.DateField(label=_("From"), widget=DATE)
    end = forms.DateField(label=_("Until (that day not included)"), widget=DATE)
    number = forms.CharField(label=_("Number of the document"), max_length=60, required=False)


class AccountForm(forms.Form):
    username = forms.CharField(
        label=_("Login name of the volunteer's account"),
        max_length=40,
        help_text=_("The system administrator makes it, the security administrator gives it the role."),
    )

    def clean_username(self):
        found = User.objects.active().filter(username=self.cleaned_data["username"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no such account."))
        return found


class StarForm(forms.Form):
    stars = forms.TypedChoiceField(label=_("Stars"), choices=[(n, "★" * n) for n in range(1, 6)], coerce=int)


class HonourForm(forms.Form):
    title = forms.CharField(label=_("Honour"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class RedeemForm(forms.Form):
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)
    reason = forms.CharField(label=_("For what"), max_length=200)
    uid = forms.UUIDField(widget=forms.HiddenInput)


class CertificateForm(forms.Form):
    first_day = forms.DateField(label=_("First day"), widget=DATE)
    last_day = forms.DateField(label=_("Last day"), widget=DATE)
    purpose = forms.CharField(label=_("Purpose"), max_length=100, required=False)


class ShiftForm(forms.Form):
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    title = forms.CharField(label=_("Title"), max_length=60)
    duty = forms.ChoiceField(label=_("Duty"), choices=Shift.Duty.choices)
    starts_at = forms.DateTimeField(label=_("Starts"), widget=MOMENT)
    ends_at = forms.DateTimeField(
        label=_("Ends"), widget=MOMENT, help_text=_("It may lie on the next day: at most 12 hours.")
    )
    slots = forms.IntegerField(label=_("Places"), min_value=1, max_value=500)
    beat = forms.ModelChoiceField(label=_("Beat"), queryset=Beat.objects.none(), required=False)
    meeting_text = forms.CharField(label=_("Where to meet"), max_length=120, required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    risk = forms.ChoiceField(label=_("Risk"), choices=Shift.Risk.choices)
    risk_notice = forms.CharField(
        label=_("Notice of risks"),
        max_length=300,
        required=False,
        help_text=_("Whoever signs up reads it first; needed when there is a risk."),
    )
    leader_confirms = forms.BooleanField(label=_("The leader confirms each place"), required=False)

    def __init__(self, *args, teams, beats, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset, self.fields["beat"].queryset = teams, beats

    def clean(self):
        cleaned = super().clean()
        cleaned["meeting_point"] = pinned(self, cleaned)
        return cleaned


def pinned(form, cleaned: dict) -> Point | None:
    """The marked point of a form with lon and lat, which are taken out of `cleaned`."""
    lon, lat = cleaned.pop("lon", None), cleaned.pop("lat", None)
    if lon is None or lat is None:
        return None
    try:
        return geo.point(lon, lat)
    except InvalidInput as error:
        form.add_error(None, str(error))
        return None


class ChangeShiftForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=60)
    slots = forms.IntegerField(label=_("Places"), min_value=1, max_value=500)
    meeting_text = forms.CharField(label=_("Where to meet"), max_length=120, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TemplateForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=60)
    days = forms.ChoiceField(label=_("Which days"), choices=ShiftTemplate.Days.choices)
    weekday = forms.TypedChoiceField(
        label=_("Weekday"),
        required=False,
        empty_value=None,
        coerce=int,
        choices=[
            ("", "—"),
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )
    starts = forms.TimeField(label=_("Starts"), widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.IntegerField(label=_("Length in minutes"), min_value=15, max_value=720)
    slots = forms.IntegerField(label=_("Places"), min_value=1, max_value=500)
    duty = forms.ChoiceField(label=_("Duty"), choices=Shift.Duty.choices)
    beat = forms.ModelChoiceField(label=_("Beat"), queryset=Beat.objects.none())
    risk = forms.ChoiceField(label=_("Risk"), choices=Shift.Risk.choices)
    risk_notice = forms.CharField(label=_("Notice of risks"), max_length=300, required=False)

    def __init__(self, *args, beats, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["beat"].queryset = beats


class SpanForm(forms.Form):
    first = forms.DateField(label=_("First day"), widget=DATE)
    last = forms.DateField(label=_("Last day"), widget=DATE)


class SignUpForm(forms.Form):
    member = forms.ModelChoiceField(label=_("Volunteer"), queryset=Member.objects.none())

    def __init__(self, *args, shift: Shift, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = Member.objects.active().filter(team=shift.team)


class CheckForm(forms.Form):
    """A check-in or check-out, by the member's phone or by the leader's hand."""

    method = forms.ChoiceField(choices=Attendance.Method.choices)
    at = forms.DateTimeField(label=_("When"), widget=MOMENT, required=False)
    lon = forms.FloatField(required=False)
    lat = forms.FloatField(required=False)
    code = forms.CharField(max_length=200, required=False)
    uid = forms.UUIDField(required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self):
        cleaned = super().clean()
        cleaned["point"] = pinned(self, cleaned)
        return cleaned


class ApproveForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class AdjustForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes that count"), min_value=0, max_value=1440)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("What happened"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )


class RulingForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label=_("Ruling"),
        choices=[("yes", _("Upheld")), ("no", _("Not upheld"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(label=_("Minutes that count"), min_value=0, max_value=1440, required=False)
    ruling = forms.CharField(label=_("Reason"), max_length=300)


class IncidentForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is it?"), choices=Incident.Kind.choices, widget=forms.RadioSelect)
    facts = forms.CharField(
        label=_("What do you see?"),
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
    )
    location_text = forms.CharField(label=_("Where exactly?"), max_length=200, required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    uid = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        cleaned["location"] = pinned(self, cleaned)
        return cleaned


class HandleForm(forms.Form):
    handling = forms.CharField(
        label=_("What was done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class TransferForm(forms.Form):
    kind = forms.ChoiceField(label=_("Pass on to"))
    code = forms.CharField(
        label=_("Number of the call"), max_length=40, required=False, help_text=_("Only for 110.")
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args, routes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("110", _("110 command centre")), *((r.kind, r.label) for r in routes)]


class FeedBackForm(forms.Form):
    feedback = forms.CharField(
        label=_("Answer to the reporter"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    became_case = forms.BooleanField(label=_("It became a case"), required=False)


class BeatForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("team", "Name"), max_length=60)
    unit = forms.ModelChoiceField(label=_("Police station"), queryset=Unit.objects.none())
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("All teams of the station"),
    )
    shape = forms.CharField(
        label=_("Shape (GeoJSON)"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One Polygon or LineString in WGS-84, longitude first, such as a map program exports it."
        ),
    )
    checkpoints = forms.CharField(
        label=_("Checkpoints"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line: name, longitude, latitude. Such as: 文化礼堂, 119.6103, 30.6251"),
    )

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = own_units(actor)
        self.fields["unit"].initial = actor.unit_id
        self.fields["team"].queryset = Team.objects.visible_to(actor).active()

    def clean_shape(self):
        try:
            return shape_from(self.cleaned_data["shape"])
        except InvalidInput as error:
            raise forms.ValidationError(error.fields["shape"][0]) from None

    def clean_checkpoints(self):
        found = []
        for number, line in enumerate(self.cleaned_data["checkpoints"].splitlines(), start=1):
            parts = [part.strip() for part in re.split("[,，]", line)]
            if parts == [""]:
                continue
            try:
                name, lon, lat = parts
                found.append((name, geo.point(lon, lat)))
            except (ValueError, InvalidInput):
                raise forms.ValidationError(
                    _("Line %(number)d is not: name, longitude, latitude.") % {"number": number}
                ) from None
        return found


class ApplyForm(forms.Form):
    team = forms.ModelChoiceField(
        label=_("Which team?"),
        queryset=Team.objects.none(),
        empty_label=_("Choose a team"),
        error_messages={"required": _("Choose a team.")},
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter the name.")},
    )
    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Leave a phone number, so that we can reach you.")},
    )
    id_number = forms.CharField(
        label=_("Your identity number"),
        help_text=_("For vetting and accident insurance; kept encrypted."),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        error_messages={"required": _("The identity number is needed for vetting and insurance.")},
    )
    origin = OriginField(
        label=_("Where are you from?"),
        required=False,
        max_length=40,
        help_text=_("County and dialects are voluntary; they help where people from your home need a word."),
    )
    dialects = WordsField(label=_("Dialects that you speak"), required=False, max_length=200)
    motive = forms.CharField(
        label=_("What would you like to do?"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )
    consent = forms.BooleanField(
        label=_("I have read the notice on personal data, and agree to vetting by the police station."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        teams = (
            Team.objects.active()
            .filter(is_recruiting=True)
            .select_related("place")
            .order_by("place__code", "name")
        )
        self.fields["team"].queryset = teams
        groups: dict[str, list] = {}
        for team in teams:
            groups.setdefault(team.place.name if team.place_id else str(_("Whole county")), []).append(
                (team.pk, team.name)
            )
        self.fields["team"].choices = [("", self.fields["team"].empty_label), *groups.items()]


class TrackFileForm(forms.Form):
    file = forms.FileField(
        label=_("Track file (GPX, KML, KMZ, OwnTracks)"),
        error_messages={"required": _("Choose the track file.")},
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Export a shorter track.")
                % {"limit": MAX_BYTES // 1024 // 1024}
            )
        return upload


class TrackRulingForm(forms.Form):
    trusted = forms.TypedChoiceField(
        choices=[("yes", _("Trusted")), ("no", _("Void"))], coerce=lambda value: value == "yes"
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, error_messages={"required": _("Give the reason.")}
    )
