"""The public page on which a citizen applies to a volunteer team: one page, phone first, without an account."""

from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from anji_police.accounts.forms import with_errors
from anji_police.errors import DomainError, InvalidInput, TooMany
from anji_police.helpdesk.codes import new_token
from anji_police.htmx import posted
from anji_police.publicforms import Ticket, is_person, is_suspicious
from volunteers import forms, services
from volunteers.models import Team
from volunteers.views.common import get_post

TICKET = Ticket("volunteer", "volunteers.apply")


@get_post
def apply(request):
    """The form. The token in the cookie makes it once only, however often the button is pressed."""
    token = TICKET.of(request)
    form = forms.ApplyForm(posted(request), initial={"team": request.GET.get("team")})
    suspicious = is_suspicious(request)
    status = 422 if suspicious or form.errors else 200
    if request.method == "POST" and is_person(request) and token and form.is_valid():
        try:
            services.apply(token=token, language=get_language() or "zh-hans", **form.cleaned_data)
        except TooMany as refused:
            return render(request, "public/busy.html", {"error": refused}, status=429)
        except InvalidInput as error:
            with_errors(form, error)
            status = 422
        except DomainError as error:
            form.add_error(None, str(error))
            status = 409
        else:
            return redirect("volunteers:applied")
    response = render(
        request, "volunteers/apply.html", {"form": form, "suspicious": suspicious}, status=status
    )
    return response if token else TICKET.remember(response, new_token())


@require_safe
def applied(request):
    """What comes next. A new form begins with a new token."""
    response = render(
        request,
        "volunteers/applied.html",
        {"teams": Team.objects.active().filter(is_recruiting=True).count()},
    )
    response.delete_cookie(TICKET.cookie)
    return response
