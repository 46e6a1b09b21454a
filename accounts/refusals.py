"""What a service says when it does not do what was asked, with words for the person who asked; and the page of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise


class Refused(Exception):
    """An act that was not done; nothing of it remains. `reason` says what to do instead."""

    def __init__(self, reason: str | Promise, *, code: str = "") -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.code = code or type(self).__name__.lower()
        # What must be written once the caller's transaction has been rolled back: see audit.services.audited.
        self.afterwards: list[Callable[[], None]] = []

    def settle(self) -> None:
        """Write what waited for the rollback."""
        while self.afterwards:
            self.afterwards.pop(0)()


class NotAllowed(Refused):
    """This person may not do this now: another role, another state, or the same person twice (403)."""


class MovedOn(Refused):
    """The record has changed since the person looked (409)."""


class Cited(str):
    """Words of an error, with the article that asks for what is missing."""

    article = ""

    @classmethod
    def by(cls, article: str, words: str) -> "Cited":
        """These words by this article."""
        made = cls(words)
        made.article = article
        return made


class Incomplete(Refused):
    """Something is missing or wrong (400); `errors` has the words by field."""

    def __init__(self, reason: str | Promise, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(reason)
        self.errors = errors or {}


def refuse(request: HttpRequest, reason: str | Promise, *, back: str = "") -> HttpResponse:
    """403, with its reason in words and, where there is one, the way back."""
    return render(request, "403.html", {"reason": reason, "back": back}, status=403)
