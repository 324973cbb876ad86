"""Who could mediate a dispute: the proposals with their reasons, and asking one of them."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anji_police.acts import run_act
from mediation import assistance, forms, matching, services
from mediation.models import DISPATCH, Dispute, Mediator, Party
from mediation.services.assisting import ASKING
from mediation.services.dispatching import CURRENT
from mediation.views.detail import seen
from volunteers import selectors as volunteers

TONES = {"origin": "ok", "dialect": "ok", "pair": "info", "one_sided": "warn", "neutral": "mute"}


@never_cache
@require_safe
@login_required
@permission_required(DISPATCH, raise_exception=True)
def match(request, code: str):
    return _page(request, seen(request, code))


def _page(request, found: Dispute, *, status: int = 200, stale=None, form=None, declared=None):
    parties = list(found.parties.select_related("origin"))
    neutral = "neutral" in request.GET
    asks = found.status in ASKING
    proposals = matching.propose(found, neutral=neutral) if asks else []
    context = {
        "found": found,
        "stale": stale,
        "form": form if form is not None and form.errors else None,
        "errors": [words for messages in form.errors.values() for words in messages] if form else [],
        "asks": asks,
        "leads": found.status == "to_assign",
        "neutral": neutral,
        "proposals": [(proposal, TONES[proposal.kind]) for proposal in proposals],
        "only_strangers": bool(proposals) and all(p.kind == "neutral" for p in proposals),
        "parties": [(party, _declare_form(party, declared)) for party in parties],
        "undeclared": [party for party in parties if not party.origin_id],
        "team": list(
            found.assignments.filter(state__in=CURRENT).select_related("mediator").order_by("-role", "id")
        ),
        "rejections": list(found.rejections.select_related("mediator")),
        "volunteers": assistance.for_dispute(found, request.user) if asks else [],
        "assisting": list(volunteers.assisting(found)),
    }
    return render(request, "mediation/match.html", context, status=status)


def _declare_form(party: Party, declared) -> forms.DeclareForm:
    """The party's form; the one that was refused, as it was sent."""
    if declared is not None and declared[0] == party.pk:
        return declared[1]
    initial = {"origin": party.origin.code if party.origin_id else "", "dialects": " ".join(party.dialects)}
    return forms.DeclareForm(initial=initial, auto_id=f"p{party.pk}-%s")


def _door(view):
    return require_POST(login_required(permission_required(DISPATCH, raise_exception=True)(view)))


def _act(request, code: str, form, act, done: str, *, after: str = "", declared=None):
    found = seen(request, code)
    return run_act(
        request,
        form=form,
        act=lambda data: act(found, data),
        page=lambda **more: _page(request, seen(request, code), form=form, declared=declared, **more),
        done=done,
        after=lambda: after or found.get_absolute_url(),
    )


@_door
def offer(request, code: str):
    """Ask one mediator, as lead or to assist."""
    return _act(
        request,
        code,
        forms.OfferForm(request.POST, candidates=Mediator.objects.visible_to(request.user)),
        lambda found, data: services.offer(dispute=found, actor=request.user, **data),
        _("The mediator is asked."),
    )


@_door
def offer_pair(request, code: str):
    """Ask two mediators at once, one close to each side."""
    return _act(
        request,
        code,
        forms.PairForm(request.POST, candidates=Mediator.objects.visible_to(request.user)),
        lambda found, data: services.offer_pair(dispute=found, actor=request.user, **data),
        _("Both mediators are asked."),
    )


@_door
def reject(request, code: str):
    """The parties do not want a mediator."""
    return _act(
        request,
        code,
        forms.RejectForm(request.POST, candidates=Mediator.objects.visible_to(request.user)),
        lambda found, data: services.reject_mediator(dispute=found, actor=request.user, **data),
        _("It is recorded; this mediator is not proposed here again."),
        after=request.path.replace("/reject/", "/match/"),
    )


@_door
def declare(request, code: str, pk: int):
    """What a party says of the own origin and speech."""
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=pk, dispute__code=code)
    form = forms.DeclareForm(request.POST, auto_id=f"p{pk}-%s")
    return _act(
        request,
        code,
        form,
        lambda found, data: services.declare_origin(party=party, actor=request.user, **data),
        _("The origin is kept."),
        after=request.path.rsplit("/declare/", 1)[0] + "/match/",
        declared=(pk, form),
    )


@_door
def ask_volunteer(request, code: str):
    """Ask a volunteer to assist, whoever mediates."""
    return _act(
        request,
        code,
        forms.AskVolunteerForm(request.POST, candidates=volunteers.ready_to_assist()),
        lambda found, data: services.ask_volunteer(dispute=found, actor=request.user, **data),
        _("The volunteer is asked."),
        after=request.path.replace("/ask-volunteer/", "/match/"),
    )
