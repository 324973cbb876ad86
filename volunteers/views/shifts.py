"""Shifts: list, calendar, one shift with its roster, and what is done on it."""

import calendar
from datetime import date

import segno
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anji_police.accounts.forms import with_errors
from anji_police.errors import DomainError, InvalidInput
from anji_police.htmx import posted
from anji_police.paging import Column
from anji_police.periods import SHANGHAI, Period, add_months, today
from volunteers import forms, qr, selectors, services
from volunteers.filters import ShiftFilter
from volunteers.models import SEATED, Beat, Member, Shift, SignUp, Team
from volunteers.services.common import leads
from volunteers.views.common import act, door, get_post, listing, page_for

VIEW, PLAN = "volunteers.view_shift", "volunteers.plan_shift"


def columns() -> list[Column]:
    return [
        Column(_("Starts"), "starts_at"),
        Column(_("Title")),
        Column(_("Team")),
        Column(_("Duty")),
        Column(_("Where")),
        Column(_("Risk")),
        Column(_("Places"), css="num"),
        Column(_("State")),
    ]


def taken():
    """How many places of a shift are, or were, taken."""
    return Count(
        "sign_ups", filter=Q(sign_ups__status__in=[*SEATED, "pending", "approved", "adjusted", "rejected"])
    )


@page_for(VIEW)
def shift_list(request):
    visible = (
        Shift.objects.visible_to(request.user).select_related("team__unit", "beat").annotate(taken=taken())
    )
    return listing(
        request,
        filterset=ShiftFilter(request.GET, queryset=visible),
        columns=columns(),
        default="-starts_at",
        template="volunteers/shifts.html",
        rows="volunteers/_shifts.html",
        may_plan=request.user.is_police or Team.objects.led_by(request.user).exists(),
    )


@page_for(VIEW)
def shift_calendar(request):
    """The shifts of one month, day by day."""
    try:
        period = Period.month(request.GET.get("month") or f"{today():%Y-%m}")
    except InvalidInput as error:
        raise Http404 from error
    visible = Shift.objects.visible_to(request.user).exclude(status="cancelled").starting_in(period)
    days: dict[date, list] = {}
    for shift in visible.select_related("team").order_by("starts_at", "id")[:1000]:
        days.setdefault(shift.starts_at.astimezone(SHANGHAI).date(), []).append(shift)
    first = period.first_day
    context = {
        "weeks": [
            [{"day": day, "inside": day.month == first.month, "shifts": days.get(day, [])} for day in week]
            for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
        ],
        "month": first,
        "before": add_months(first, -1),
        "after": add_months(first, 1),
        "today": today(),
        "heads": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
    }
    return render(request, "volunteers/calendar.html", context)


def _plannable(user):
    """Teams for which `user` may plan."""
    if user.is_police:
        return Team.objects.visible_to(user).active()
    return Team.objects.led_by(user).active()


@page_for(PLAN, get_post)
def shift_add(request):
    teams = _plannable(request.user)
    beats = Beat.objects.visible_to(request.user).filter(is_active=True)
    form = forms.ShiftForm(
        posted(request), teams=teams, beats=beats, initial={"team": request.GET.get("team"), "slots": 4}
    )
    if request.method == "POST" and form.is_valid():
        try:
            shift = services.plan_shift(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            with_errors(form, error)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The shift is planned as a draft. Open it for sign-up."))
            return redirect(shift)
    return render(request, "volunteers/shift_add.html", {"form": form}, status=422 if form.errors else 200)


def _shift(request, pk: int) -> Shift:
    visible = Shift.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("team__unit", "team__leader", "beat", "settled_by"), pk=pk
    )


def _page(request, found: Shift, *, status: int = 200, stale=None, **bound):
    context = selectors.shift_detail(found, request.user) | {
        "found": found,
        "stale": stale,
        "reason_form": forms.ReasonForm(),
        "change_form": forms.ChangeShiftForm(
            initial={
                "title": found.title,
                "slots": found.slots,
                "meeting_text": found.meeting_text,
                "version": found.version,
            }
        ),
        "sign_form": forms.SignUpForm(shift=found),
        "approve_form": forms.ApproveForm(),
        "check_form": forms.CheckForm(),
        "can": {right.split(".")[1] for right in request.user.rights if right.startswith("volunteers.")},
        "map": _map(found),
        "now": timezone.now(),
        **bound,
    }
    context["form"] = next((form for form in bound.values() if getattr(form, "errors", None)), None)
    return render(request, "volunteers/shift.html", context, status=status)


def _map(shift: Shift) -> dict | None:
    """The beat, its checkpoints and the meeting point."""
    markers, areas = [], []
    if shift.meeting_point:
        markers.append(
            {
                "lon": shift.meeting_point.x,
                "lat": shift.meeting_point.y,
                "label": _("Meeting point"),
                "kind": "point",
            }
        )
    if shift.beat_id:
        markers += [
            {"lon": c.point.x, "lat": c.point.y, "label": str(c), "kind": "event"}
            for c in shift.beat.checkpoints.all()
        ]
        areas = [beat_feature(shift.beat)]
    return {"markers": markers, "areas": {"type": "FeatureCollection", "features": areas}, "fit": True}


def beat_feature(beat: Beat) -> dict:
    import json

    return {
        "type": "Feature",
        "geometry": json.loads(beat.shape.geojson),
        "properties": {
            "label": beat.name,
            "tone": "info",
            "url": reverse("volunteers:beat-detail", args=[beat.pk]),
        },
    }


@page_for(VIEW)
def shift_detail(request, pk: int):
    return _page(request, _shift(request, pk))


@door(VIEW)
def shift_open(request, pk: int):
    found = _shift(request, pk)
    return act(
        request,
        found,
        form=forms.EmptyForm(request.POST),
        name="empty_form",
        do=lambda data: services.open_shift(shift=found, actor=request.user),
        page=_page,
        done=_("Members can sign up now."),
    )


@door(VIEW)
def shift_change(request, pk: int):
    found = _shift(request, pk)
    return act(
        request,
        found,
        form=forms.ChangeShiftForm(request.POST),
        name="change_form",
        do=lambda data: services.change_shift(shift=found, actor=request.user, **data),
        page=_page,
        done=_("The shift is changed."),
    )


@door(VIEW)
def shift_cancel(request, pk: int):
    found = _shift(request, pk)
    return act(
        request,
        found,
        form=forms.ReasonForm(request.POST),
        name="reason_form",
        do=lambda data: services.cancel_shift(shift=found, actor=request.user, **data),
        page=_page,
        done=_("The shift is cancelled. Those who signed up are told."),
    )


@door(VIEW)
def shift_sign_up(request, pk: int):
    """A volunteer signs up oneself; leader and police name the member who asked for it."""
    found = _shift(request, pk)
    member = None
    form = forms.SignUpForm(request.POST, shift=found)
    if "member" not in request.POST:
        member = Member.objects.filter(user=request.user).first()
        form = forms.EmptyForm(request.POST)
        if member is None:
            raise Http404
    return act(
        request,
        found,
        form=form,
        name="sign_form",
        do=lambda data: services.sign_up(shift=found, member=member or data["member"], actor=request.user),
        page=_page,
        done=_("Signed up. The list shows whether it is a place or the wait-list."),
        after=lambda: (
            (request.POST.get("next") == "me" and reverse("volunteers:me")) or found.get_absolute_url()
        ),
    )


@door(VIEW)
def shift_settle(request, pk: int):
    """The leader's settlement: minutes-<sign-up> and reason-<sign-up> where a claim differs from the clock."""
    found = _shift(request, pk)
    claims = {}
    for row in found.sign_ups.filter(status="out"):
        minutes = request.POST.get(f"minutes-{row.pk}", "").strip()
        if minutes.isascii() and minutes.isdigit():
            claims[row.pk] = (int(minutes[:6]), request.POST.get(f"reason-{row.pk}", ""))
    return act(
        request,
        found,
        form=forms.EmptyForm(request.POST),
        name="settle_form",
        do=lambda data: services.settle_shift(shift=found, actor=request.user, claims=claims),
        page=_page,
        done=_("The shift is settled. An officer approves the hours."),
    )


@page_for(VIEW)
def shift_codes(request, pk: int):
    """The codes to be printed and put up: one for the shift, one for each checkpoint. For leader and police."""
    found = _shift(request, pk)
    if not (request.user.is_police or leads(request.user, found.team)):
        raise Http404
    sheets = [{"label": found.meeting_text or _("Meeting point"), **_code(request, found)}]
    if found.beat_id:
        sheets += [{"label": str(c), **_code(request, found, c)} for c in found.beat.checkpoints.all()]
    return render(request, "volunteers/codes.html", {"found": found, "sheets": sheets})


def _code(request, shift: Shift, checkpoint=None) -> dict:
    code = qr.code_for(shift, checkpoint)
    address = request.build_absolute_uri(reverse("volunteers:scan", args=[code]))
    return {"image": segno.make(address, error="m").svg_data_uri(scale=6, border=2), "address": address}


# -- one sign-up -----------------------------------------------------------------------------------------------------


def _row(request, pk: int) -> SignUp:
    visible = SignUp.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("shift__team__unit", "shift__team__leader", "shift__beat", "member"), pk=pk
    )


def _on_row(request, pk: int, form, name: str, do, done: str):
    row = _row(request, pk)
    return act(
        request,
        row.shift,
        form=form,
        name=name,
        do=lambda data: do(row, data),
        page=_page,
        done=done,
        after=lambda: (
            reverse("volunteers:me") if request.POST.get("next") == "me" else row.shift.get_absolute_url()
        ),
    )


@door(VIEW)
def sign_up_confirm(request, pk: int):
    return _on_row(
        request,
        pk,
        forms.EmptyForm(request.POST),
        "empty_form",
        lambda row, data: services.confirm(sign_up=row, actor=request.user),
        _("The place is confirmed."),
    )


@door(VIEW)
def sign_up_leave(request, pk: int):
    return _on_row(
        request,
        pk,
        forms.EmptyForm(request.POST),
        "empty_form",
        lambda row, data: services.take_leave(
            sign_up=row, actor=request.user, reason=request.POST.get("reason", "")
        ),
        _("The leave is taken."),
    )


def _check(request, pk: int, service, done: str):
    return _on_row(
        request,
        pk,
        forms.CheckForm(request.POST),
        "check_form",
        lambda row, data: service(sign_up=row, actor=request.user, **data),
        done,
    )


@door(VIEW)
def sign_up_in(request, pk: int):
    return _check(request, pk, services.check_in, _("Checked in."))


@door(VIEW)
def sign_up_out(request, pk: int):
    return _check(request, pk, services.check_out, _("Checked out."))


@door(VIEW)
def sign_up_approve(request, pk: int):
    return _on_row(
        request,
        pk,
        forms.ApproveForm(request.POST),
        "approve_form",
        lambda row, data: services.approve_hours(sign_up=row, actor=request.user, **data),
        _("The hours are approved."),
    )


@door(VIEW)
def sign_up_reject(request, pk: int):
    return _on_row(
        request,
        pk,
        forms.ReasonForm(request.POST),
        "reason_form",
        lambda row, data: services.reject_hours(sign_up=row, actor=request.user, **data),
        _("The hours are refused."),
    )


@door(VIEW)
def sign_up_adjust(request, pk: int):
    return _on_row(
        request,
        pk,
        forms.AdjustForm(request.POST),
        "adjust_form",
        lambda row, data: services.adjust_hours(attendance=_attended(row), actor=request.user, **data),
        _("The correction is booked."),
    )


def _attended(row: SignUp):
    if not hasattr(row, "attendance"):
        raise DomainError(_("There is no open check-in."))
    return row.attendance


@door(VIEW)
def sign_up_appeal(request, pk: int):
    return _on_row(
        request,
        pk,
        forms.AppealForm(request.POST),
        "appeal_form",
        lambda row, data: services.file_appeal(sign_up=row, actor=request.user, **data),
        _("The objection is filed. You will be told the ruling."),
    )


@door(VIEW)
def sign_up_rule(request, pk: int):
    def rule(row, data):
        appeal = getattr(row, "appeal", None)
        if appeal is None:
            raise DomainError(_("There is no objection."))
        return services.rule_on_appeal(appeal=appeal, actor=request.user, **data)

    return _on_row(
        request, pk, forms.RulingForm(request.POST), "ruling_form", rule, _("The ruling is recorded.")
    )


@door(VIEW)
def sign_up_track(request, pk: int):
    """The track of a duty from a file of another device."""

    def take(row, data):
        services.import_track(
            sign_up=row, actor=request.user, content=data["file"].read(), name=data["file"].name
        )

    return _on_row(
        request,
        pk,
        forms.TrackFileForm(request.POST, request.FILES),
        "track_form",
        take,
        _("The track is read. The page says what of it counts."),
    )


@door(VIEW)
def sign_up_track_ruling(request, pk: int):
    return _on_row(
        request,
        pk,
        forms.TrackRulingForm(request.POST),
        "track_ruling_form",
        lambda row, data: services.rule_on_track(sign_up=row, actor=request.user, **data),
        _("The ruling is recorded."),
    )
