"""The file of one dispute: its thirteen items, their papers, and the scans beside them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anji_police.acts import run_act
from anji_police.errors import DomainError
from mediation import forms, services
from mediation.models import MEDIATE, CasePaper, Dispute
from mediation.papers.items import BY_KEY
from mediation.views.detail import VIEW, seen


def _door(view):
    return require_POST(login_required(permission_required(MEDIATE, raise_exception=True)(view)))


@never_cache
@require_safe
@login_required
@permission_required(VIEW, raise_exception=True)
def case_file(request, code: str):
    return _page(request, seen(request, code))


def _page(request, found: Dispute, *, status: int = 200, stale=None, **bound):
    entries = services.contents(found)
    context = {
        "found": found,
        "stale": stale,
        "entries": entries,
        "missing": [entry for entry in entries if entry.is_missing],
        "files": found.files.select_related("filed_by"),
        "may_act": request.user.has_perm(MEDIATE),
        "paper_form": forms.PaperForm(),
        "reason_form": forms.ReasonForm(),
        **bound,
    }
    return render(request, "mediation/file.html", context, status=status)


def _paper(request, code: str, uid) -> CasePaper:
    visible = Dispute.objects.visible_to(request.user)
    papers = CasePaper.objects.standing().filter(dispute__in=visible, dispute__code=code)
    return get_object_or_404(papers.select_related("dispute"), uid=uid)


@_door
def attach(request, code: str):
    form = forms.PaperForm(request.POST, request.FILES)
    return run_act(
        request,
        form=form,
        act=lambda data: services.attach_paper(
            dispute=seen(request, code), actor=request.user, upload=data.pop("files"), **data
        ),
        page=lambda **more: _page(request, seen(request, code), paper_form=form, **more),
        done=_("The paper is in the file."),
        after=lambda: request.path.removesuffix("add/"),
    )


@_door
def withdraw(request, code: str, uid):
    paper = _paper(request, code, uid)
    form = forms.ReasonForm(request.POST)
    return run_act(
        request,
        form=form,
        act=lambda data: services.withdraw_paper(paper=paper, actor=request.user, **data),
        page=lambda **more: _page(request, paper.dispute, reason_form=form, **more),
        done=_("The paper is out of the file."),
        after=lambda: request.path.partition("withdraw/")[0],
    )


@_door
def scan(request, code: str, uid):
    """A scan as a download; posted, since it is written down who opened it."""
    paper = _paper(request, code, uid)
    try:
        content = services.read_paper(paper=paper, actor=request.user)
    except FileNotFoundError:
        raise Http404 from None
    return _sent(content, paper.content_type, paper.title.reveal())


@_door
def draw(request, code: str, item: str):
    """The papers of one item as PDF."""
    found = seen(request, code)
    if item not in BY_KEY:
        raise Http404
    try:
        content = services.draw(dispute=found, actor=request.user, item=item)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("mediation:file", found.code)
    return _sent(content, "application/pdf", f"{found.code}-{item}.pdf")


@_door
def whole(request, code: str):
    """The whole file as PDF, as it stands."""
    found = seen(request, code)
    try:
        content = services.draw_case_file(dispute=found, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("mediation:file", found.code)
    return _sent(content, "application/pdf", f"{found.code}.pdf")


@_door
def filed(request, code: str, pk: int):
    """A file as it was put away."""
    found = seen(request, code)
    file = get_object_or_404(found.files, pk=pk)
    content = services.read_case_file(file=file, actor=request.user)
    return _sent(content, "application/pdf", f"{found.code}-{file.filed_at:%Y%m%d}.pdf")


def _sent(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response
