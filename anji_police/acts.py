"""One act on a record from a form of its page: what is refused is said beside that form, with what was typed kept."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.shortcuts import redirect

from anji_police.errors import DomainError, InvalidInput, NotAllowed, StaleError


def run_act(
    request,
    *,
    form,
    act: Callable[[dict[str, Any]], Any],
    page: Callable[..., Any],
    done,
    after: Callable[[], str],
):
    """Call `act(cleaned data)`, a service, when `form` is valid; then say `done` and go to `after()`.

    `page(status=, stale=)` renders the record again with the form in it: 422 for input that must be mended, 409 when a rule or a
    faster colleague refused. NotAllowed goes on to the middleware (403).
    """
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except NotAllowed:
            raise
        except InvalidInput as error:
            for name, words in error.fields.items():
                form.add_error(name if name in form.fields else None, words[0])
            if not error.fields:
                form.add_error(None, str(error))
        except StaleError as error:
            return page(status=409, stale=error)
        except DomainError as error:
            form.add_error(None, str(error))
            return page(status=409, stale=None)
        else:
            messages.success(request, done)
            return redirect(after())
    return page(status=422, stale=None)
