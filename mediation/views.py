"""Pages of mediation."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from mediation.models import Dispute


@login_required
def dispute_detail(request, code: str) -> HttpResponse:
    found = get_object_or_404(Dispute.objects.visible_to(request.user), code=code)
    return HttpResponse(found.code)
