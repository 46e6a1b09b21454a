"""Pages for when something is wrong with the portal or with what was sent: the words of each, in one table.

They ask no database, no session and no list of static files: whatever is broken, they can be shown. The pages for
what is not open to a person, or not there (403, 404), stand in the portal's own frame.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from api import problems
from exchange.logs import request_id


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, what of it was lost, and what to do now. `%(name)s` stands for a value."""

    status: int
    title: Promise
    happened: Promise
    kept: Promise
    then: Promise
    # Whether the number of the event helps those who mend it.
    numbered: bool = False


ERRORS: dict[str, Words] = {
    "bad_request": Words(
        status=400,
        title=_("This could not be read"),
        happened=_("The address or the form holds something that the portal cannot read."),
        kept=_("Nothing was saved and nothing was changed."),
        then=_("Go back: what you typed is still in the page. Load the page again, and try once more."),
        numbered=True,
    ),
    "csrf": Words(
        status=403,
        title=_("The page was open too long"),
        happened=_("The form was not taken: it is older than your sign-in, or your browser keeps no cookies."),
        kept=_("Nothing was saved. What you typed is still in the page before this one."),
        then=_("Go back, copy what you typed, load that page again and send it once more."),
    ),
    "method": Words(
        status=405,
        title=_("That cannot be done at this address"),
        happened=_(
            "The page was asked for in a way that it does not know: a form's address opened as a page, or a page sent "
            "as a form."
        ),
        kept=_("Nothing was changed."),
        then=_("Go back and use the buttons of the page, or begin again from your desk."),
    ),
    "too_large": Words(
        status=413,
        title=_("Too large"),
        happened=_("What you sent is larger than the portal takes (%(limit)s MB)."),
        kept=_("Nothing of it was saved. What you typed is still in the page before this one."),
        then=_("Go back with your browser's button. Choose a smaller file, or split it."),
    ),
    "too_many": Words(
        status=429,
        title=_("Too many attempts"),
        happened=_("This was tried too often in a short time, by you or by others at your address."),
        kept=_("Nothing was changed. Your account is not blocked."),
        then=_("Wait five minutes and try again. If it was not you, tell your agency's admin."),
    ),
    "failed": Words(
        status=500,
        title=_("Something failed on our side"),
        happened=_("The portal could not do what you asked."),
        kept=_("Nothing was half done: what you sent was either saved whole or not at all."),
        then=_(
            "Go back: what you typed may still be in the page. Look whether it was saved before you send it again. If "
            "it fails again, tell your agency's admin the number below and the time."
        ),
        numbered=True,
    ),
    "away": Words(
        status=503,
        title=_("The portal cannot be reached now"),
        happened=_("A part of the portal does not answer, or is overloaded."),
        kept=_("What was saved before is safe. What you sent just now was not saved."),
        then=_("Go back: what you typed may still be in the page. Try again in a few minutes."),
        numbered=True,
    ),
    "maintenance": Words(
        status=503,
        title=_("The portal is being maintained"),
        happened=_("The portal is closed for about %(minutes)s min."),
        kept=_("Nothing was lost. What you sent just now was not taken: it is still in the page before this one."),
        then=_("Keep that page open, and send it again when the portal is back."),
    ),
}
# When to come again after an answer that says 'not now', in seconds.
RETRY_AFTER = {"too_many": 300, "away": 120}


def page(request: HttpRequest, name: str, *, retry_after: int = 0, **values: object) -> HttpResponse:
    """The page of one error, in the reader's language; in all of the portal's when nothing says which.

    To a program the same words as a problem.
    """
    words = ERRORS[name]
    response = _problem(request, name, values) if problems.is_for_a_program(request) else _page(request, words, values)
    if wait := retry_after or RETRY_AFTER.get(name, 0):
        response["Retry-After"] = str(wait)
    return response


def _problem(request: HttpRequest, name: str, values: dict[str, object]) -> HttpResponse:
    words = ERRORS[name]
    with translation.override(languages_of(request)[0]):
        said = " ".join(str(part) % values for part in (words.happened, words.kept))
        return problems.answer(words.status, said, code=name)


def _page(request: HttpRequest, words: Words, values: dict[str, object]) -> HttpResponse:
    texts = []
    for language in languages_of(request):
        with translation.override(language):
            said = {part: str(getattr(words, part)) % values for part in ("title", "happened", "kept", "then")}
            texts.append({"language": language, **said})
    context = {
        "texts": texts,
        "number": request_id() if words.numbered else "",
        "exercise": settings.EXERCISE,
        # By its plain name: the list of names with checksums may be what is missing.
        "style": f"{settings.STATIC_URL}build/comity.css",
        "icon": f"{settings.STATIC_URL}mark.svg",
    }
    with translation.override(texts[0]["language"]):
        return HttpResponse(render_to_string("error.html", context), status=words.status)


def languages_of(request: HttpRequest) -> list[str]:
    """The reader's language, as far as it is known without asking the database; else every language of the portal."""
    known = [code for code, _name in settings.LANGUAGES]
    wanted = [getattr(request, "LANGUAGE_CODE", None), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)]
    wanted += [code.partition("-")[0] for code, _weight in parse_accept_lang_header(_accepted(request))]
    return next(([code] for code in wanted if code in known), known)


def _accepted(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
