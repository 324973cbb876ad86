"""What is typed about disputes. The rules are the services'."""

import re
from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anji_police.accounts.models import User
from anji_police.accounts.roles import Role
from anji_police.places.models import Place, Unit
from mediation.models import (
    Assignment,
    Committee,
    Dispute,
    FollowUp,
    Mediator,
    Party,
    Referral,
    ScreeningRound,
    Session,
)
from mediation.services.grading import RISK_FACTORS
from mediation.services.referring import ReferredBy
from mediation.services.registering import units_open_to

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
    """Several short words with blanks or commas between them."""

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("Several with a blank between them"))
        super().__init__(max_length=200, **kwargs)

    def clean(self, value) -> list[str]:
        words = re.split(r"[\s,，、;；]+", super().clean(value))
        return [word[:20] for word in dict.fromkeys(words) if word][:10]


class AccountField(forms.CharField):
    """A mediator's account by its login name."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = User.objects.with_role(Role.MEDIATOR).filter(username=text).first()
        if found is None:
            raise forms.ValidationError(_("No account with the mediator role has this login name."))
        return found


class DisputeForm(forms.Form):
    title = forms.CharField(label=_("Matter"), max_length=80)
    type = forms.ChoiceField(label=_("Type"), choices=Dispute.Type.choices)
    track = forms.ChoiceField(label=_("Track"), choices=Dispute.Track.choices)
    source = forms.ChoiceField(
        label=pgettext_lazy("dispute", "Source"),
        choices=[c for c in Dispute.Source.choices if c[0] not in ("request", "field")],
    )
    source_code = forms.CharField(
        label=_("Number at the source"),
        max_length=40,
        required=False,
        help_text=_("Of a 110 call, the number of the call"),
    )
    source_unit = forms.ModelChoiceField(
        label=_("Caller's station"), queryset=Unit.objects.none(), required=False, empty_label=_("None")
    )
    screening = forms.ModelChoiceField(
        label=_("Screening round"),
        queryset=ScreeningRound.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    referred_body = forms.ChoiceField(
        label=_("Referred by"),
        choices=[("", "—"), *[c for c in Referral.Body.choices if c[0] != "station"]],
        required=False,
    )
    referred_reason = forms.CharField(label=_("Reason of the referral"), max_length=300, required=False)
    is_outside = forms.BooleanField(
        label=_("It happened outside our area"),
        required=False,
        help_text=_("It has to be moved within 24 hours."),
    )
    seen_duplicates = forms.BooleanField(
        label=_("I have looked at these disputes; this is another one"), required=False
    )
    facts = forms.CharField(
        label=_("Facts"), widget=forms.Textarea(attrs={"rows": 5, "maxlength": 5000}), max_length=5000
    )
    amount_yuan = forms.DecimalField(
        label=_("Amount (yuan)"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    place = forms.ModelChoiceField(
        label=_("Township"), queryset=Place.objects.townships(), required=False, empty_label=_("Not known")
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    risk_factors = forms.MultipleChoiceField(
        label=_("Signs of risk"),
        choices=list(RISK_FACTORS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("The dispute is graded, never a person. The sum suggests the grade."),
    )

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_open_to(actor)
        self.fields["unit"].initial = actor.unit_id
        self.fields["source_unit"].queryset = Unit.objects.stations().active()
        recent = timezone.localdate() - timedelta(days=90)
        self.fields["screening"].queryset = (
            ScreeningRound.objects.visible_to(actor).filter(held_on__gte=recent).select_related("place")
        )

    def taken(self) -> dict:
        """What the service takes, with the referral in one piece."""
        facts = dict(self.cleaned_data)
        facts.pop("seen_duplicates")
        facts["risk_factors"] = tuple(facts["risk_factors"])
        body, reason = facts.pop("referred_body"), facts.pop("referred_reason")
        if body and facts["source"] == Dispute.Source.REFERRAL:
            facts["referred_by"] = ReferredBy(body=body, reason=reason, number=facts["source_code"])
        if facts["source"] != Dispute.Source.SCREENING:
            facts["screening"] = None
        return facts


class PartyForm(forms.Form):
    side = forms.ChoiceField(label=_("Side"), choices=Party.Side.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=Party.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=_("Phone number"), max_length=30, required=False)
    id_number = forms.CharField(label=_("Identity number"), max_length=30, required=False)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    origin = OriginField(
        label=_("Declared origin"), required=False, help_text=_("As the person says, such as 金寨县")
    )
    dialects = WordsField(label=_("Dialects"))
    is_minor = forms.BooleanField(label=_("A minor"), required=False)
    guardian_name = forms.CharField(label=_("Guardian"), max_length=60, required=False)
    guardian_relation = forms.CharField(label=_("Relation of the guardian"), max_length=20, required=False)
    representative_name = forms.CharField(label=_("Representative"), max_length=60, required=False)
    authority = forms.ChoiceField(
        label=_("Authority"), choices=[("", "—"), *Party.Authority.choices], required=False
    )
    authority_text = forms.CharField(label=_("What the authority covers"), max_length=200, required=False)
    uscc = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)
    speaks_for = forms.IntegerField(
        label=_("Speaks for a crowd of"),
        min_value=0,
        max_value=30_000,
        required=False,
        help_text=_("Only of who was chosen to speak for many"),
    )

    def clean_speaks_for(self) -> int:
        return self.cleaned_data["speaks_for"] or 0


class ConsentForm(forms.Form):
    given = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("Consents")), ("no", _("Refuses"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    form = forms.ChoiceField(label=_("How it was said"), choices=Party.Form.choices)
    guardian_present = forms.BooleanField(label=_("The guardian said it"), required=False)
    by_representative = forms.BooleanField(label=_("The representative said it"), required=False)


class OfferForm(forms.Form):
    mediator = forms.ModelChoiceField(label=_("Mediator"), queryset=Mediator.objects.none())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    role = forms.ChoiceField(
        choices=Assignment.Role.choices,
        widget=forms.HiddenInput,
        required=False,
    )

    def clean_role(self) -> str:
        return self.cleaned_data["role"] or Assignment.Role.LEAD

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mediator"].queryset = candidates


class AskVolunteerForm(forms.Form):
    """Whom the service takes is the service's to say: anybody in the county who may serve and is no party."""

    volunteer = forms.ModelChoiceField(label=_("Volunteer"), queryset=None)
    note = forms.CharField(label=_("When and where to come"), max_length=200, required=False)
    version = forms.IntegerField(required=False)

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["volunteer"].queryset = candidates


class PairForm(forms.Form):
    lead = forms.ModelChoiceField(label=_("Leads"), queryset=Mediator.objects.none())
    second = forms.ModelChoiceField(label=_("Assists"), queryset=Mediator.objects.none())
    version = forms.IntegerField(required=False)

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = self.fields["second"].queryset = candidates


class RejectForm(forms.Form):
    mediator = forms.ModelChoiceField(label=_("Mediator"), queryset=Mediator.objects.none())
    reason = forms.CharField(
        label=_("Reason"), max_length=300, error_messages={"required": _("Give the reason.")}
    )

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mediator"].queryset = candidates


class DeclareForm(forms.Form):
    origin = OriginField(
        label=_("Declared origin"),
        required=False,
        max_length=60,
        help_text=_("As the person says, such as 金寨县"),
    )
    dialects = WordsField(label=_("Dialects"))


class AnswerForm(forms.Form):
    """Names the offer that is answered; without one it is the lead's, or the own."""

    assignment = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)


class AcceptForm(AnswerForm):
    conflict_disclosed = forms.BooleanField(
        label=_("The mediator has said whether kin or interests are involved, and they are not."),
        required=False,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, error_messages={"required": _("Give the reason.")}
    )


class AnswerReasonForm(AnswerForm, ReasonForm):
    pass


class SessionForm(forms.Form):
    held_at = forms.DateTimeField(label=_("Held"), widget=MOMENT)
    venue = forms.CharField(label=_("Where"), max_length=100)
    text = forms.CharField(
        label=_("Record"), widget=forms.Textarea(attrs={"rows": 4, "maxlength": 5000}), max_length=5000
    )
    mediators = forms.ModelMultipleChoiceField(
        label=_("Mediators"), queryset=Mediator.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    officer = forms.ModelChoiceField(
        label=_("Officer"), queryset=User.objects.none(), required=False, empty_label=_("None")
    )
    is_signed = forms.BooleanField(label=_("Signed by the parties"), required=False)
    guardian = forms.ChoiceField(
        label=_("Guardian of the minor"), choices=[("", "—"), *Session.Guardian.choices], required=False
    )
    again_because = forms.ChoiceField(
        label=_("Why once more"), choices=[("", "—"), *Session.Again.choices], required=False
    )
    others_present = forms.CharField(label=_("Others present"), max_length=200, required=False)

    def __init__(self, *args, dispute: Dispute, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        if dispute.track == Dispute.Track.PEOPLE:
            del self.fields["guardian"], self.fields["again_because"]
        taking_part = Mediator.objects.filter(
            assignments__dispute=dispute, assignments__state=Assignment.State.ACCEPTED
        ).distinct()
        self.fields["mediators"].queryset = taking_part
        self.fields["mediators"].initial = [m.pk for m in taking_part]
        self.fields["officer"].queryset = User.objects.police().filter(unit=dispute.unit_id)
        self.fields["held_at"].initial = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
        if actor.is_police:
            self.fields["officer"].initial = actor.pk


class AgreementForm(forms.Form):
    is_written = forms.TypedChoiceField(
        label=_("Form"),
        choices=[("no", _("By word of mouth")), ("yes", _("In writing"))],
        coerce=lambda value: value == "yes",
    )
    terms = forms.CharField(
        label=_("Terms"), widget=forms.Textarea(attrs={"rows": 4, "maxlength": 5000}), max_length=5000
    )
    agreed_on = forms.DateField(label=_("Agreed on"), widget=DATE)
    signed_by = forms.ModelChoiceField(
        label=_("Signing mediator"), queryset=Mediator.objects.none(), required=False, empty_label=_("None")
    )
    committee = forms.ModelChoiceField(
        label=_("Sealing committee"),
        queryset=Committee.objects.filter(is_active=True),
        required=False,
        empty_label=_("None"),
    )
    items = forms.CharField(
        label=_("To be performed"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        help_text=_("One item a line: 2026-12-01 500 first instalment. The amount may be left out."),
    )

    method = forms.CharField(
        label=_("Way of performance"),
        max_length=200,
        required=False,
        help_text=_("Such as cash, by transfer"),
    )
    at_once = forms.BooleanField(label=_("All was performed on the spot"), required=False)
    facts = forms.CharField(
        label=_("Main facts"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 5000}),
        max_length=5000,
        required=False,
        help_text=_("Cause, course, circumstances and result. Left empty, the facts of the dispute stand."),
    )
    matters = forms.CharField(
        label=_("Matters in dispute and liability"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 2000}),
        max_length=2000,
        required=False,
    )
    presider = forms.ModelChoiceField(
        label=_("Presiding officer"), queryset=User.objects.none(), required=False, empty_label=_("None")
    )
    others_present = forms.CharField(label=_("Others present"), max_length=200, required=False)
    incident_at = forms.DateTimeField(label=_("When it happened"), widget=MOMENT, required=False)
    incident_place = forms.CharField(label=_("Where it happened"), max_length=100, required=False)

    def __init__(self, *args, dispute: Dispute, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agreed_on"].initial = timezone.localdate()
        if dispute.track == Dispute.Track.PUBLIC_SECURITY:
            self.fields["is_written"].initial = "yes"
            self.fields["presider"].queryset = User.objects.police().filter(unit=dispute.unit_id)
            self.fields["presider"].initial = actor.pk
            del self.fields["signed_by"], self.fields["committee"], self.fields["matters"]
            return
        for name in ("presider", "incident_at", "incident_place", "others_present"):
            del self.fields[name]
        self.fields["signed_by"].queryset = Mediator.objects.filter(
            assignments__dispute=dispute, assignments__state=Assignment.State.ACCEPTED
        ).distinct()
        self.fields["signed_by"].initial = dispute.mediator_id

    def clean_items(self) -> list:
        found = []
        for number, line in enumerate(self.cleaned_data["items"].splitlines(), 1):
            parts = line.split(maxsplit=2)
            if not parts:
                continue
            try:
                due = forms.DateField().clean(parts[0])
                amount = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2).clean(parts[1])
                what = parts[2]
            except (forms.ValidationError, IndexError):
                try:
                    due, amount, what = forms.DateField().clean(parts[0]), None, line.split(maxsplit=1)[1]
                except (forms.ValidationError, IndexError):
                    raise forms.ValidationError(
                        _("Line %(number)d can't be read: %(line)s"),
                        params={"number": number, "line": line[:60]},
                    ) from None
            found.append((what, amount, due))
        return found


class FollowUpForm(forms.Form):
    performance = forms.CharField(label=_("How the agreement is kept"), max_length=200)
    satisfaction = forms.TypedChoiceField(
        label=_("Satisfaction (1 to 5)"),
        choices=[("", "—"), *((str(n), str(n)) for n in range(5, 0, -1))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    signs_of_escalation = forms.BooleanField(label=_("Signs of escalation"), required=False)
    measures = forms.CharField(label=_("Measures taken"), max_length=300, required=False)
    court_outcome = forms.CharField(label=_("Outcome at court"), max_length=200, required=False)
    cadre = forms.CharField(
        label=_("Village cadre"),
        max_length=40,
        required=False,
        help_text=_("Who came along, of a visit at home for grade A or B"),
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )


class PlanForm(forms.Form):
    due_on = forms.DateField(label=_("Day"), widget=DATE)
    way = forms.ChoiceField(label=_("Way"), choices=FollowUp.Way.choices)


class RiskForm(forms.Form):
    factors = forms.MultipleChoiceField(
        label=_("Signs of risk"),
        choices=list(RISK_FACTORS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    grade = forms.ChoiceField(
        label=_("Grade"), choices=[("", _("As suggested by the sum")), *Dispute.Risk.choices], required=False
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class RoundForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    place = forms.ModelChoiceField(label=_("Village"), queryset=Place.objects.none())
    held_on = forms.DateField(label=_("Day"), widget=DATE, initial=timezone.localdate)
    people = forms.CharField(label=_("Who went"), max_length=100)
    households = forms.IntegerField(label=_("Households"), min_value=0, max_value=100_000, initial=0)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_open_to(actor)
        self.fields["unit"].initial = actor.unit_id
        self.fields["place"].queryset = Place.objects.of_county().filter(level__in=["township", "village"])
