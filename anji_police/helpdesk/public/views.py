"""The citizens' door: one subject a page, without an account, and without scripts if need be."""

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from anji_police import geo
from anji_police.accounts.forms import with_errors
from anji_police.errors import DomainError, InvalidInput, TooMany
from anji_police.helpdesk import codes, questions, selectors, services
from anji_police.helpdesk.models import HelpRequest
from anji_police.helpdesk.public import forms, receipt, steps
from anji_police.helpdesk.questions import HINTS, ICONS, Category
from anji_police.helpdesk.services import drafts
from anji_police.htmx import posted
from anji_police.places.models import Place
from anji_police.publicforms import is_person, is_suspicious

get_post = require_http_methods(["GET", "HEAD", "POST"])


@get_post
def start(request):
    """What is it about? The first page, and the home page of the portal."""
    form = forms.CategoryForm(posted(request))
    if request.method == "POST" and form.is_valid():
        token = steps.token_of(request)
        content = services.load_draft(token) if token else {}
        if not content:
            token = steps.begin()
        if content.get("category") != form.cleaned_data["category"]:
            content |= {"answers": {}}
        services.save_draft(token=token, content=content | form.cleaned_data)
        return steps.remember(redirect("public:questions"), token)
    tiles = [{"value": c.value, "label": c.label, "hint": HINTS[c], "icon": ICONS[c]} for c in Category]
    return render(
        request, "public/start.html", {"form": form, "tiles": tiles}, status=422 if form.errors else 200
    )


def _page(request, key: str, form, content: dict, **more):
    context = {
        "form": form,
        "progress": steps.progress(key),
        "step": key,
        "back": "public:check" if content.get("checking") else _before(key),
        "category": Category(content["category"]).label,
        **more,
    }
    return render(
        request, f"public/{key}.html", context, status=422 if form is not None and form.errors else 200
    )


def _before(key: str) -> str:
    number = steps.KEYS.index(key)
    return f"public:{steps.KEYS[number - 1]}" if number else "public:start"


def _keep(token: str, content: dict, key: str, **facts):
    services.save_draft(token=token, content=content | facts)
    return redirect(f"public:{steps.following(key, content)}")


@get_post
@steps.with_draft
def ask_questions(request, token: str, content: dict):
    """The questions of the category. An answer may open another question, or say that a call is needed now."""
    category = content["category"]
    sent = {k: v for k, v in request.POST.items() if k in {q.key for q in questions.QUESTIONS[category]}}
    answers = sent or content.get("answers", {})
    form = forms.QuestionsForm(posted(request), category=category, answers=answers)
    if request.method == "POST":
        number = questions.stop_for(category, answers)
        if number and not request.POST.get("called"):
            services.save_draft(token=token, content=content | {"answers": answers})
            return redirect("public:stop", number)
        shown = request.POST["asked"].split() if "asked" in request.POST else form.fields
        unseen = [name for name in form.fields if name not in shown]
        if form.errors and form.errors.keys() <= set(unseen):
            services.save_draft(token=token, content=content | {"answers": answers})
            form = forms.QuestionsForm(
                category=category, answers=answers
            )  # asked for the first time: no reproach
        elif form.is_valid():
            return _keep(token, content, "questions", answers=form.cleaned_data)
    return _page(request, "questions", form, content)


@require_safe
@steps.with_draft
def stop(request, token: str, content: dict, number: str):
    """Call this number now. Who has called may go on; who answered wrongly goes back."""
    context = {"number": number, "is_fraud": number == questions.CALL_96110}
    return render(request, "public/stop.html", context)


@require_POST
@steps.with_draft
def called(request, token: str, content: dict):
    """The call was made; what is left to write down comes along."""
    answers = content.get("answers", {})
    form = forms.QuestionsForm(category=content["category"], answers=answers)
    missing = [name for name, field in form.fields.items() if field.required and not answers.get(name)]
    services.save_draft(token=token, content=content | {"called": True})
    return redirect("public:questions" if missing else "public:story")


@get_post
@steps.with_draft
def story(request, token: str, content: dict):
    form = forms.StoryForm(posted(request), initial=content)
    if request.method == "POST" and form.is_valid():
        return _keep(token, content, "story", **form.cleaned_data)
    return _page(request, "story", form, content)


@get_post
@steps.with_draft
def place(request, token: str, content: dict):
    """Where: by pin, or as well by list and words."""
    form = forms.PlaceForm(posted(request), initial=content)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        facts = {name: found[name].code if found[name] else "" for name in ("township", "village")}
        pinned = found["lon"] is not None and found["lat"] is not None
        facts |= {"lon": found["lon"] if pinned else None, "lat": found["lat"] if pinned else None}
        return _keep(token, content, "place", location_text=found["location_text"], **facts)
    return _page(request, "place", form, content)


@get_post
@steps.with_draft
def files(request, token: str, content: dict):
    """Up to five photos or PDFs, kept with the form as they come."""
    error = None
    if request.method == "POST" and (sent := request.FILES.getlist("files")):
        try:
            services.attach_to_draft(token=token, files=sent)
            return redirect("public:files")
        except InvalidInput as refused:
            error = refused.fields["files"][0]
    elif request.method == "POST":
        return redirect(f"public:{steps.following('files', content)}")
    context = {"kept": drafts.files_of(token), "error": error, "limit": settings.UPLOAD_MAX_FILES}
    response = _page(request, "files", None, content, **context)
    response.status_code = 422 if error else 200
    return response


@require_POST
@steps.with_draft
def drop_file(request, token: str, content: dict, uid):
    services.drop_from_draft(token=token, uid=uid)
    return redirect("public:files")


@get_post
@steps.with_draft
def contact(request, token: str, content: dict):
    form = forms.ContactForm(posted(request), initial={"contact": "phone"} | content)
    if request.method == "POST" and form.is_valid():
        try:
            services.check_contact(**form.cleaned_data)
        except InvalidInput as error:
            with_errors(form, error)
        else:
            return _keep(token, content, "contact", **form.cleaned_data)
    return _page(request, "contact", form, content)


@get_post
@steps.with_draft
def check(request, token: str, content: dict):
    """All answers on one page; sending them is one press, however often it is pressed."""
    lacking = steps.complete(content)
    if lacking:
        return redirect(f"public:{lacking}")
    suspicious = is_suspicious(request)
    if request.method == "POST" and is_person(request):
        try:
            _send(request, token, content)
            return redirect("public:done")
        except TooMany as refused:
            return render(request, "public/busy.html", {"error": refused}, status=429)
        except InvalidInput as refused:
            return _check_page(request, content, token, refused, suspicious)
        except DomainError:
            return redirect("public:done")
    services.save_draft(token=token, content=content | {"checking": True})
    return _check_page(request, content, token, None, suspicious)


def _check_page(request, content: dict, token: str, refused, suspicious: bool):
    facts = _facts(content)
    context = {
        "content": content,
        "answers": questions.spoken(content["category"], content["answers"]),
        "category": Category(content["category"]).label,
        "contact_word": HelpRequest.Contact(content["contact"]).label,
        "township": facts["township"],
        "village": facts["village"],
        "kept": drafts.files_of(token),
        "progress": steps.progress("check"),
        "refused": refused,
        "suspicious": suspicious,
    }
    return render(request, "public/check.html", context, status=422 if refused or suspicious else 200)


def _facts(content: dict) -> dict:
    """The draft in the service's terms."""
    places = {
        p.code: p for p in Place.objects.filter(code__in=[content.get("township"), content.get("village")])
    }
    pinned = content.get("lon") is not None and content.get("lat") is not None
    return {
        "category": content["category"],
        "answers": content["answers"],
        "description": content["description"],
        "happened": content.get("happened", ""),
        "township": places.get(content.get("township")),
        "village": places.get(content.get("village")),
        "location": geo.point(content["lon"], content["lat"]) if pinned else None,
        "location_text": content.get("location_text", ""),
        "name": content.get("name", ""),
        "phone": content.get("phone", ""),
        "contact": content["contact"],
        "consent": bool(content.get("consent")),
    }


def _send(request, token: str, content: dict) -> services.Receipt:
    return services.submit(token=token, language=get_language() or "zh-hans", **_facts(content))


def _sent(request) -> tuple[HelpRequest | None, str]:
    """The request that this browser has sent, and its secret, which only the browser's token yields."""
    token = steps.token_of(request)
    found = HelpRequest.objects.filter(token_hash=codes.token_hash(token)).first() if token else None
    return found, codes.shown(codes.secret_of(token)) if found else ""


@require_GET
def done(request):
    """The confirmation: reference, secret, what comes next. A bookmarked one still says what to do."""
    found, secret = _sent(request)
    context = {"sent": found, "secret": secret, "answer_by": selectors.answer_by(found) if found else None}
    return render(request, "public/done.html", context)


@require_GET
def receipt_pdf(request):
    """The record of what was sent, as a PDF for the citizen."""
    found, secret = _sent(request)
    if found is None:
        return redirect("public:done")
    return receipt.response(found, secret)


@require_POST
def another(request):
    """Begin a new form; the one before keeps its page."""
    response = redirect("public:start")
    response.delete_cookie(steps.COOKIE)
    return response


@require_safe
def privacy(request):
    return render(request, "public/privacy.html", {"title": _("Notice on personal data")})
