"""What officers type. Choices of officers and units depend on what the person may see."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anji_police.accounts.models import User
from anji_police.helpdesk.models import CannedReply, HelpRequest, Return
from anji_police.helpdesk.questions import Category
from anji_police.places.models import Place, Unit


class MessageForm(forms.Form):
    """One composer for notes, replies, questions and the answer; the button says which."""

    body = forms.CharField(
        label=_("Text"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 3000}),
        error_messages={"required": _("Write something first.")},
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AssignForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("Choose"))
    assignee = forms.ModelChoiceField(
        label=_("Officer"), queryset=User.objects.none(), required=False, empty_label=_("The unit decides")
    )
    note = forms.CharField(label=_("Note for the unit"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = (
            Unit.objects.active().exclude(kind=Unit.Kind.DEPARTMENT)
            if actor.is_county_wide
            else Unit.objects.visible_to(actor).active()
        )
        people = (
            User.objects.police()
            if actor.is_county_wide
            else User.objects.police().filter(unit__in=Unit.objects.visible_to(actor))
        )
        self.fields["assignee"].queryset = people.select_related("unit").order_by("unit__path", "name")
        self.fields["assignee"].label_from_instance = lambda user: f"{user.name}（{user.unit}）"


class ReturnForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=Return.Reason.choices)
    explanation = forms.CharField(
        label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}), max_length=500
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RulingForm(forms.Form):
    ruling = forms.ChoiceField(label=_("Ruling"), choices=Return.Ruling.choices)
    unit = forms.ModelChoiceField(
        label=_("New unit"), queryset=Unit.objects.none(), required=False, empty_label=_("Stays where it is")
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}), max_length=500
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active().exclude(kind=Unit.Kind.DEPARTMENT)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, error_messages={"required": _("Give the reason.")}
    )


class RouteForm(forms.Form):
    kind = forms.ChoiceField(label=_("Hand over to"))

    def __init__(self, *args, routes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(route.kind, route.label) for route in routes]


class AssistForm(forms.Form):
    unit = forms.ModelChoiceField(
        label=_("Unit that helps"), queryset=Unit.objects.none(), empty_label=_("Choose")
    )
    note = forms.CharField(label=_("What for"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active()


class MergeForm(forms.Form):
    target = forms.CharField(label=_("Into request number"), max_length=20)


class EditForm(forms.Form):
    description = forms.CharField(
        label=_("What happened"),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 3000}),
        max_length=3000,
        min_length=5,
    )
    happened = forms.CharField(label=_("When"), max_length=100, required=False)
    location_text = forms.CharField(label=_("Where"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ExclusionForm(forms.Form):
    user = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none(), empty_label=_("Choose"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = (
            User.objects.police().filter(pk__in=User.objects.visible_to(actor)).order_by("name")
        )


class PriorityForm(forms.Form):
    priority = forms.ChoiceField(label=_("Priority"), choices=HelpRequest.Priority.choices)


class BulkForm(forms.Form):
    """What is done with the rows that were ticked."""

    act = forms.ChoiceField(
        label=_("Act"),
        choices=[
            ("assign", _("Assign")),
            ("accept", _("Accept")),
            ("priority", _("Set the priority")),
            ("merge", _("Merge into one")),
            ("close", _("Close the request")),
        ],
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), required=False)
    assignee = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none(), required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=HelpRequest.Priority.choices, required=False)
    target = forms.CharField(label=_("Into request number"), max_length=20, required=False)

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        assign = AssignForm(actor=actor)
        self.fields["unit"].queryset = assign.fields["unit"].queryset
        self.fields["assignee"].queryset = assign.fields["assignee"].queryset
        self.fields["assignee"].label_from_instance = assign.fields["assignee"].label_from_instance


class CannedReplyForm(forms.ModelForm):
    class Meta:
        model = CannedReply
        fields = ["title", "category", "body", "is_active"]
        help_texts = {"body": _("Variables: {reference}, {unit}, {officer}, {day}")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("every category")), *Category.choices]


class ChannelForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("How did the citizen come to us?"),
        choices=[(c.value, c.label) for c in (HelpRequest.Channel.PHONE, HelpRequest.Channel.WALK_IN)],
        widget=forms.RadioSelect,
        initial=HelpRequest.Channel.PHONE,
    )


class RoutingRuleForm(forms.Form):
    category = forms.ChoiceField(label=_("About"), choices=Category.choices)
    place = forms.ModelChoiceField(
        label=_("Township"),
        queryset=Place.objects.townships(),
        required=False,
        empty_label=_("All townships"),
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.active().exclude(kind=Unit.Kind.DEPARTMENT),
        empty_label=_("Choose"),
    )
