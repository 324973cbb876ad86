"""The papers of one dispute as downloads: drawn from its records, filed as scans, or the whole file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anji_police.acts import run_act
from anji_police.errors import DomainError
from mediation import forms, services
from mediation.casefile import KEYS
from mediation.models import MEDIATE, Dispute, Paper
from mediation.views import detail

PDF = "application/pdf"


def _download(view):
    """Personal data in the clear: for who mediates. Each service writes down who got it before the bytes leave."""
    return never_cache(require_safe(login_required(permission_required(MEDIATE, raise_exception=True)(view))))


def _sent(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _drawn(request, found: Dispute, name: str, draw) -> HttpResponse:
    """What `draw()` gives as a download; what it refuses is said on the dispute's page."""
    try:
        content = draw()
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(found)
    return _sent(content, PDF, name)


@_download
def draw(request, code: str, item: str):
    """The papers of one line of the catalogue; ?session=2 is the record of the second session only."""
    found = detail.seen(request, code)
    if item not in KEYS:
        raise Http404
    number = request.GET.get("session", "")
    only = int(number[:3]) if number.isascii() and number.isdigit() else None
    name = f"{found.code} {KEYS[item].title_in(found)}{only or ''}.pdf"
    return _drawn(
        request,
        found,
        name,
        lambda: services.draw(dispute=found, actor=request.user, item=item, only=only),
    )


@_download
def whole(request, code: str):
    """The whole file: as it was kept at the archive, or as it stands."""
    found = detail.seen(request, code)
    name = f"{found.archive_number or found.code} {_('case file')}.pdf"
    return _drawn(request, found, name, lambda: services.draw_file(dispute=found, actor=request.user))


def _paper(request, code: str, pk: int) -> Paper:
    standing = Paper.objects.visible_to(request.user).standing().select_related("dispute")
    return get_object_or_404(standing, pk=pk, dispute__code=code)


@_download
def filed(request, code: str, pk: int):
    """A filed photo or PDF as a download that no browser runs."""
    found = _paper(request, code, pk)
    try:
        content = services.read_paper(paper=found, actor=request.user)
    except FileNotFoundError:
        raise Http404 from None
    kind = {"image/jpeg": ".jpg", "image/png": ".png", PDF: ".pdf"}[found.content_type]
    return _sent(content, found.content_type, found.title.removesuffix(kind) + kind)


@require_POST
@login_required
@permission_required(MEDIATE, raise_exception=True)
def withdraw(request, code: str, pk: int):
    paper = _paper(request, code, pk)
    form = forms.ReasonForm(request.POST, auto_id=f"withdraw-{pk}-%s")
    return run_act(
        request,
        form=form,
        act=lambda data: services.withdraw_paper(paper=paper, actor=request.user, **data),
        page=lambda **more: detail.page(request, detail.seen(request, code), withdraw_form=form, **more),
        done=_("The paper is out of the file."),
        after=lambda: f"{paper.dispute.get_absolute_url()}#file",
    )
