"""The queue of disputes, and registering one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anji_police.api.pagination import capped_count
from anji_police.errors import InvalidInput
from anji_police.htmx import posted, render_page
from anji_police.paging import Column, keyset, ordered
from mediation import forms, services
from mediation.filters import VIEWS, DisputeFilter, in_view
from mediation.models import Dispute, Party
from mediation.services import PartySpec

VIEW = "mediation.view_dispute"
BADGE_CAP = 999
MAX_PARTIES = 10


def columns() -> list[Column]:
    return [
        Column(_("Number")),
        Column(_("Type")),
        Column(_("Matter")),
        Column(_("Parties")),
        Column(_("Place")),
        Column(_("Unit")),
        Column(_("Mediator")),
        Column(_("Risk")),
        Column(_("State")),
        Column(_("Registered at"), "registered_at"),
        Column(_("Time limit")),
    ]


def _tabs(user, current: str) -> list[dict]:
    visible = Dispute.objects.visible_to(user)
    return [
        {
            "label": label,
            "url": f"?view={key}",
            "current": key == current,
            "count": None
            if key == "all"
            else (count := capped_count(in_view(visible, key, user), BADGE_CAP)),
            "hot": key in ("overdue", "follow_up") and bool(count),
        }
        for key, label in VIEWS.items()
        if user.is_police or key in ("to_assign", "mediating", "follow_up", "all")
    ]


@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def dispute_list(request):
    view = request.GET.get("view", "all")
    visible = in_view(Dispute.objects.visible_to(request.user), view, request.user)
    filterset = DisputeFilter(request.GET, queryset=visible)
    rows = (
        filterset.qs.select_related("unit", "place", "mediator")
        .defer("search_text", "search_pairs", "facts")
        .prefetch_related(Prefetch("parties", Party.objects.only("name", "uid", "side", "dispute_id")))
    )
    shown = columns()
    context = {
        "form": filterset.form,
        "page": keyset(request, ordered(rows, request, shown, "-registered_at")),
        "columns": shown,
        "default_sort": "-registered_at",
    }
    if not request.htmx:
        context["tabs"] = _tabs(request.user, view)
    return render_page(request, "mediation/list.html", context, fragment="mediation/_rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("mediation.register_dispute", raise_exception=True)
def register(request):
    """Register a dispute with its parties; "one more party" needs no script."""
    data = posted(request)
    sent = request.POST.get("parties", "2")
    count = min(int(sent[:3]) if sent.isascii() and sent.isdigit() else 2, MAX_PARTIES)
    if "more" in request.POST:
        count = min(count + 1, MAX_PARTIES)
    duplicates: list[Dispute] = []
    form = forms.DisputeForm(data, actor=request.user)
    parties = [forms.PartyForm(data, prefix=f"p{n}", initial=_side(n)) for n in range(count)]
    filled = [p for n, p in enumerate(parties) if n == 0 or request.POST.get(f"p{n}-name", "").strip()]
    if request.method == "POST" and "more" not in request.POST:
        valid = form.is_valid()
        if all([p.is_valid() for p in filled]) and valid:  # noqa: C419  each shows its own faults
            try:
                specs = [PartySpec(**p.cleaned_data) for p in filled]
                duplicates = services.possible_duplicates(
                    actor=request.user, type=form.cleaned_data["type"], parties=specs
                )
                if duplicates and not form.cleaned_data["seen_duplicates"]:
                    raise InvalidInput(
                        fields={"seen_duplicates": [_("The same sides have a dispute of this type already.")]}
                    )
                dispute = services.register(actor=request.user, parties=specs, **form.taken())
            except InvalidInput as error:
                _show(error, form, filled)
            else:
                messages.success(request, _("The dispute is registered."))
                return redirect(dispute)
    elif request.method == "POST":
        form = forms.DisputeForm(initial=request.POST.dict(), actor=request.user)
        parties = [forms.PartyForm(prefix=f"p{n}", initial=_kept(request, n)) for n in range(count)]
    faulty = any(p.errors for p in [form, *filled]) and "more" not in request.POST
    context = {"form": form, "parties": parties, "count": count, "duplicates": duplicates}
    return render(request, "mediation/register.html", context, status=422 if faulty else 200)


def _side(number: int) -> dict:
    return {"side": Party.Side.APPLICANT if number == 0 else Party.Side.RESPONDENT}


def _kept(request, number: int) -> dict:
    start = f"p{number}-"
    typed = {
        name.removeprefix(start): value for name, value in request.POST.items() if name.startswith(start)
    }
    return typed or _side(number)


def _show(error: InvalidInput, form, parties) -> None:
    for name, words in error.fields.items():
        head, _dot, rest = name.partition(".")
        number, _dot, field = rest.partition(".")
        if (
            head == "parties"
            and number.isdigit()
            and int(number) < len(parties)
            and field in parties[0].fields
        ):
            parties[int(number)].add_error(field, words[0])
        else:
            form.add_error(name if name in form.fields else None, words[0])
