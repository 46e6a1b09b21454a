"""The pictures of the README and of whoever shows the portal: the exercise as it is loaded, page by page.

`python -m exchange.testbed python tests/e2e/shots.py OUT [PICTURES]` writes OUT/<lang>-<width>/<name>.png in a database
and with servers of its own. With PICTURES (docs/pictures) those that the README shows are written there, light enough
to travel. People and records are found by role and by state, whatever the exercise tells.
"""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
# The exercise loads only where one was named.
os.environ["EXERCISE"] = "Saffron Crate"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from accounts.models import Theme, User  # noqa: E402
from agencies.models import Role  # noqa: E402
from cases.models import Case, CaseItem, Share  # noqa: E402
from cases.services.search import look_for  # noqa: E402
from cases.workflow import ShareState  # noqa: E402
from exercise.people import PLAYERS  # noqa: E402
from mla.models import AssistanceRequest  # noqa: E402
from mla.workflow import RequestState  # noqa: E402
from notifications import delivery  # noqa: E402
from notifications.models import Outbox  # noqa: E402
from tests.e2e import look  # noqa: E402
from tests.e2e.village import Place  # noqa: E402

# Pictures of the README by their files: the page, and as much of it as one sees without scrolling twice.
README = {
    "sign-in": ("sign-in", 900),
    "request": ("request-in-execution", 1500),
    "share": ("share-to-decide", 1300),
    "case": ("case", 1300),
}
# The other side looks at these.
ACROSS = {RequestState.TRANSMITTED, RequestState.INFO_REQUESTED, RequestState.IN_EXECUTION, RequestState.RESPONSE_SENT}
# Dark pages, to show that there are any.
DARK = {"desk-officer", "request-in-execution"}
COLOURS = 128


def player(role: Role | str, agency: str = "") -> User:
    """Who plays a role, first of all or first of an agency."""
    found = next(one for one in PLAYERS if one.role == role and agency in {"", one.agency})
    return User.objects.get(email=found.email)


def visible(model: Any, person: User) -> Any:
    """What a person sees of a guarded kind."""
    return model.objects.visible_to(person, now=timezone.now())


def desks() -> Iterator[Place]:
    """Where each role begins its day."""
    for role in Role:
        yield Place(f"desk-{role.value.replace('_', '-')}", player(role), "/")


def lists() -> Iterator[Place]:
    """Pages that hold many things, and those of people who see no case."""
    officer, authority = player(Role.OFFICER), player(Role.CA_OFFICER)
    yield Place("sign-in", None, "/accounts/login/")
    yield Place("guide", officer, "/exercise/")
    for name in ("cases", "requests", "shares", "directory", "notifications", "help", "parts"):
        yield Place(name, officer, f"/{name}/")
    yield Place("notifications-settings", officer, "/notifications/settings/")
    yield Place("limits", officer, "/help/limits/")
    yield Place("register", authority, "/register/")
    yield Place("people", player(Role.AGENCY_ADMIN), "/people/")
    yield Place("agencies", player(Role.PLATFORM_ADMIN), "/onboarding/agencies/")
    yield Place("audit-log", player(Role.AUDITOR), "/audit/")
    yield Place("figures", player(Role.OBSERVER), "/figures/")
    yield Place("exports", player(Role.SUPERVISOR), "/export/")
    term = "касымов"
    yield Place("search-results", officer, f"/search/{look_for(actor=officer, term=term, place='all').search.pk}/")


def case_pages() -> Iterator[Place]:
    """The fullest case of the officer who plays first, with one item of each kind; and a case of need-to-know."""
    officer = player(Role.OFFICER)
    open_cases = visible(Case, officer).filter(need_to_know=False).values_list("pk", flat=True)
    held = Counter(visible(CaseItem, officer).values_list("case", flat=True))
    case = max(open_cases, key=lambda pk: (held[pk], str(pk)))
    yield Place("case", officer, f"/cases/{case}/")
    for kind in CaseItem.Kind:
        item = visible(CaseItem, officer).filter(case=case, kind=kind).order_by("pk").first()
        if item:
            yield Place(f"item-{kind.value}", officer, f"/cases/{case}/items/{item.pk}/")
    yield Place("share-ask", officer, f"/cases/{case}/share/")
    secret = visible(Case, officer).filter(need_to_know=True).order_by("pk").first()
    if secret:
        yield Place("case-need-to-know", officer, f"/cases/{secret.pk}/")


def request_pages() -> Iterator[Place]:
    """A request in each state that the exercise knows, as its drafter and, of some, as the other side sees it."""
    drafters = [player(one.role, one.agency) for one in PLAYERS if one.role == Role.OFFICER]
    for state in RequestState:
        for drafter in drafters:
            row = visible(AssistanceRequest, drafter).filter(state=state, drafter=drafter).order_by("pk").first()
            if row:
                break
        else:
            continue
        name = f"request-{state.value.replace('_', '-')}"
        yield Place(name, drafter, f"/requests/{row.pk}/")
        if state in ACROSS:
            there = player(Role.CA_OFFICER, row.receiving_authority.code)
            yield Place(f"{name}-other-side", there, f"/requests/{row.pk}/")
        if state == RequestState.DRAFT:
            for page in ("", "measures/", "check/"):
                yield Place(f"draft-{page.strip('/') or 'steps'}", drafter, f"/requests/{row.pk}/draft/{page}")
        if state == RequestState.TRANSMITTED:
            yield Place("letter", drafter, f"/requests/{row.pk}/print/")


def share_pages() -> Iterator[Place]:
    """A share in each state: what waits as its liaison officer sees it, the others as those who asked."""
    for state in ShareState:
        share = Share.objects.filter(state=state, via_request=None).order_by("asked_at").first()
        if share is None:
            continue
        if state == ShareState.PENDING:
            yield Place("share-to-decide", player(Role.LIAISON, share.owner.code), f"/shares/{share.pk}/")
        else:
            yield Place(f"share-{state.value.replace('_', '-')}", share.asked_by, f"/shares/{share.pk}/")
        if state == ShareState.APPROVED:
            reader = next((one for one in PLAYERS if one.agency == share.recipient.code), None)
            if reader:
                yield Place("share-received", player(reader.role, reader.agency), f"/shares/{share.pk}/")


def places() -> list[Place]:
    """Every picture."""
    return [*lists(), *desks(), *case_pages(), *request_pages(), *share_pages()]


def lighten(picture: Path, target: Path, height: int) -> None:
    """The upper part of a picture, in few colours: a page has no more."""
    with Image.open(picture) as whole:
        part = whole.convert("RGB").crop((0, 0, whole.width, min(height, whole.height)))
    part.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def main(out: Path, pictures: Path | None) -> int:
    """Load the exercise, go round in both languages and widths, once more in the dark, then lighten the README's."""
    with look.portal() as (browser, url), tempfile.TemporaryDirectory() as folder:
        call_command("load_exercise", accounts=Path(folder) / "accounts.json")
        delivery.deliver([str(pk) for pk in Outbox.objects.values_list("pk", flat=True)], timezone.now())
        found, problems = places(), []
        for language in ("en", "ru"):
            User.objects.update(language=language, theme=Theme.LIGHT)
            problems += look.look(browser, url, found, out, language)
            User.objects.update(theme=Theme.DARK)
            dark = [Place(f"{one.name}-dark", one.who, one.path) for one in found if one.name in DARK]
            problems += look.look(browser, url, dark, out, language)
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    for file, (page, height) in README.items() if pictures else ():
        lighten(out / "en-1440" / f"{page}.png", pictures / f"{file}.png", height)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
