"""Members: the list, one member, the acts, and the certificate."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anji_police.accounts.forms import with_errors
from anji_police.audit import services as audit
from anji_police.audit.models import AccessEntry
from anji_police.errors import DomainError, InvalidInput
from anji_police.htmx import posted
from anji_police.paging import Column
from volunteers import forms, paper, selectors, services
from volunteers.filters import MemberFilter
from volunteers.models import Certificate, Member
from volunteers.services.honours import star_for
from volunteers.views.common import act, door, get_post, listing, page_for

VIEW = "volunteers.view_member"


def columns() -> list[Column]:
    return [
        Column(_("Name"), "name"),
        Column(_("Team")),
        Column(_("Police station")),
        Column(_("Declared origin")),
        Column(_("Phone number")),
        Column(_("Joined")),
        Column(_("State")),
    ]


@page_for("volunteers.view_team")
def member_list(request):
    visible = Member.objects.visible_to(request.user).select_related("team__unit", "origin")
    return listing(
        request,
        filterset=MemberFilter(request.GET, queryset=visible),
        columns=columns(),
        default="name",
        template="volunteers/members.html",
        rows="volunteers/_members.html",
    )


@page_for("volunteers.change_member", get_post)
def member_add(request):
    form = forms.MemberForm(posted(request), actor=request.user, initial={"team": request.GET.get("team")})
    if request.method == "POST" and form.is_valid():
        try:
            member = services.add_member(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            with_errors(form, error)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The application is entered."))
            return redirect(member)
    return render(request, "volunteers/member_add.html", {"form": form}, status=422 if form.errors else 200)


def _member(request, pk: int) -> Member:
    visible = Member.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("team__unit", "team__leader", "origin", "user"), pk=pk)


def _page(request, found: Member, *, status: int = 200, stale=None, **bound):
    context = selectors.member_detail(found, request.user) | {
        "found": found,
        "stale": stale,
        "own": found.user_id == request.user.pk,
        "reason_form": forms.ReasonForm(),
        "qualification_form": forms.QualificationForm(),
        "account_form": forms.AccountForm(),
        "star_form": forms.StarForm(),
        "honour_form": forms.HonourForm(),
        "redeem_form": forms.RedeemForm(initial={"uid": uuid.uuid4()}),
        "certificate_form": forms.CertificateForm(),
        "can": {right.split(".")[1] for right in request.user.rights if right.startswith("volunteers.")},
        **bound,
    }
    context["stars_allowed"] = star_for(context["minutes"])
    context["form"] = next((form for form in bound.values() if getattr(form, "errors", None)), None)
    return render(request, "volunteers/member.html", context, status=status)


@page_for(VIEW)
def member_detail(request, pk: int):
    return _page(request, _member(request, pk))


# Name of the act -> form, name of the form on the page, service, what is said when it is done.
ACTS = {
    "vet": (forms.EmptyForm, "empty_form", services.vet_member, gettext_lazy("The applicant is vetted.")),
    "refuse": (
        forms.ReasonForm,
        "reason_form",
        services.refuse_member,
        gettext_lazy("The applicant is refused."),
    ),
    "trained": (forms.EmptyForm, "empty_form", services.mark_trained, gettext_lazy("The training is noted.")),
    "activate": (
        forms.EmptyForm,
        "empty_form",
        services.activate_member,
        gettext_lazy("The member is taken on."),
    ),
    "suspend": (
        forms.ReasonForm,
        "reason_form",
        services.suspend_member,
        gettext_lazy("The member is suspended."),
    ),
    "resume": (
        forms.ReasonForm,
        "reason_form",
        services.resume_member,
        gettext_lazy("The member serves again."),
    ),
    "qualify": (
        forms.QualificationForm,
        "qualification_form",
        services.record_qualification,
        gettext_lazy("It is recorded."),
    ),
    "star": (forms.StarForm, "star_form", services.award_star, gettext_lazy("The star is awarded.")),
    "honour": (
        forms.HonourForm,
        "honour_form",
        services.award_honour,
        gettext_lazy("The honour is recorded."),
    ),
    "redeem": (
        forms.RedeemForm,
        "redeem_form",
        services.redeem_points,
        gettext_lazy("The points are redeemed."),
    ),
}


def acting(name: str):
    """The view of one act on one member."""
    form, form_name, service, done = ACTS[name]

    @door(VIEW)
    def view(request, pk: int):
        found = _member(request, pk)
        return act(
            request,
            found,
            form=form(request.POST),
            name=form_name,
            do=lambda data: service(member=found, actor=request.user, **data),
            page=_page,
            done=done,
        )

    return view


@door(VIEW)
def member_account(request, pk: int):
    found = _member(request, pk)
    return act(
        request,
        found,
        form=forms.AccountForm(request.POST),
        name="account_form",
        do=lambda data: services.link_account(member=found, actor=request.user, user=data["username"]),
        page=_page,
        done=_("The account is linked."),
    )


@door(VIEW)
def member_leave(request, pk: int):
    """Leave the team: at any time, by the member or on the member's word."""
    found = _member(request, pk)
    services.leave_team(member=found, actor=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("The member has left. Hours and certificates stay."))
    return redirect(found)


@door(VIEW)
def certificate_issue(request, pk: int):
    found = _member(request, pk)
    return act(
        request,
        found,
        form=forms.CertificateForm(request.POST),
        name="certificate_form",
        do=lambda data: services.issue_certificate(member=found, actor=request.user, **data),
        page=_page,
        done=_("The certificate is issued. Download it below."),
    )


@page_for(VIEW)
def certificate_pdf(request, number: str):
    """The paper, with the name in full: its download is kept in the trail."""
    visible = Member.objects.visible_to(request.user)
    found = get_object_or_404(
        Certificate.objects.select_related("member__team"), number=number, member__in=visible
    )
    drawn = paper.draw(found)
    audit.accessed(actor=request.user, kind=AccessEntry.Kind.DOWNLOAD, subject=found)
    response = HttpResponse(drawn, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return response
