"""Beats and their checkpoints."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from anji_police.accounts.forms import with_errors
from anji_police.errors import InvalidInput
from anji_police.htmx import posted
from anji_police.paging import Column
from volunteers import forms, services
from volunteers.filters import BeatFilter
from volunteers.models import Beat
from volunteers.views.common import get_post, listing, page_for
from volunteers.views.shifts import beat_feature

VIEW = "volunteers.view_team"


@page_for(VIEW)
def beat_list(request):
    visible = Beat.objects.visible_to(request.user).select_related("unit", "team").defer("shape")
    return listing(
        request,
        filterset=BeatFilter(request.GET, queryset=visible.annotate(points=Count("checkpoints"))),
        columns=[
            Column(pgettext("team", "Name"), "name"),
            Column(_("Police station")),
            Column(_("Team")),
            Column(_("Checkpoints"), css="num"),
        ],
        default="name",
        template="volunteers/beats.html",
        rows="volunteers/_beats.html",
    )


@page_for("volunteers.enter_team", get_post)
def beat_add(request):
    form = forms.BeatForm(posted(request), actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            beat = services.add_beat(actor=request.user, **form.cleaned_data)
        except InvalidInput as error:
            with_errors(form, error)
        else:
            messages.success(request, _("The beat is entered."))
            return redirect("volunteers:beat-detail", beat.pk)
    return render(request, "volunteers/beat_add.html", {"form": form}, status=422 if form.errors else 200)


@page_for(VIEW)
def beat_detail(request, pk: int):
    found = get_object_or_404(Beat.objects.visible_to(request.user).select_related("unit", "team"), pk=pk)
    points = list(found.checkpoints.all())
    context = {
        "found": found,
        "points": points,
        "shifts": found.shifts.visible_to(request.user)
        .upcoming()
        .select_related("team")
        .order_by("starts_at")[:10],
        "map": {
            "markers": [
                {"lon": p.point.x, "lat": p.point.y, "label": str(p), "kind": "point"} for p in points
            ],
            "areas": {"type": "FeatureCollection", "features": [beat_feature(found)]},
            "fit": True,
        },
    }
    return render(request, "volunteers/beat.html", context)
