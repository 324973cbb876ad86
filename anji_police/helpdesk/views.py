"""Pages of the help desk."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from anji_police.helpdesk.models import HelpRequest


@login_required
def request_detail(request, reference: str) -> HttpResponse:
    found = get_object_or_404(HelpRequest.objects.visible_to(request.user), reference=reference)
    return HttpResponse(found.reference)
