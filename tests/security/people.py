"""Everybody who might knock: six officers, their colleagues, strangers, and those whose access has ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency, Membership, Role, RoleAssignment
from agencies.services import add_member, create_agency, end_role, give_role
from cases.models import Case, CaseItem, ItemGroupGrant, Share
from cases.services import ask_share, create_document, create_item, decide_share
from cases.services.shares import Chosen
from cases.uploads import take_in
from mla.workflow import Body
from tests.factories import Line, World, agency, later, person

BACKEND = "accounts.backends.Backend"
ORIGIN = "http://testserver"

# Who has no way in: the same answer as for nobody at all.
SIGNED_OUT = ("anonymous", "deactivated", "ended", "role_ended")


class People:
    """Everybody of the walk by name, each signed in once; then the access of three of them ends."""

    def __init__(self, world: World) -> None:
        self.world = world
        drafting = world.bodies[Body.DRAFTING]
        self.users: dict[str, User] = {
            "officer": world.drafter,
            "colleague": world.new(Body.DRAFTING, Role.OFFICER),
            "supervisor": world.supervisor,
            "liaison": world.new(Body.DRAFTING, Role.LIAISON),
            "sender": world.sender,
            "signatory": world.signatory,
            "addressee": world.receiver,
            "executor": world.executor,
            "other_agency": person(agency("KG-CUS"), Role.OFFICER),
            "other_side": person(agency("UZ-CUS"), Role.OFFICER, Role.SUPERVISOR, Role.LIAISON),
            "other_state": person(agency("KZ-GPO"), Role.CA_OFFICER, Role.CA_SIGNATORY),
            # Officers of two agencies: one share is open to the first; the second's ended a second ago.
            "given": person(agency("KZ-MIA"), Role.OFFICER),
            "given_late": person(agency("KZ-CUS"), Role.OFFICER),
            "agency_admin": world.new(Body.DRAFTING, Role.AGENCY_ADMIN),
            "platform_admin": person(secretariat(), Role.PLATFORM_ADMIN),
            "auditor": person(secretariat(), Role.AUDITOR),
            "observer": person(secretariat(), Role.OBSERVER),
            "deactivated": world.new(Body.DRAFTING, Role.OFFICER),
            "ended": past_member(drafting),
            "role_ended": world.new(Body.DRAFTING, Role.OFFICER),
        }
        self.sessions = {name: signed_in(user) for name, user in self.users.items()}
        self._end()

    def _end(self) -> None:
        """A click later: their sessions live on, their access does not."""
        gone = self.users["deactivated"]
        gone.is_active = False
        gone.save(update_fields=["is_active"])
        # Its last day has passed: nobody has ended it, so its session lives on.
        Membership.objects.filter(user=self.users["ended"]).update(ends=timezone.now() - timedelta(days=1))
        end_role(assignment=RoleAssignment.objects.get(membership__user=self.users["role_ended"]))

    @cached_property
    def handler(self) -> ClientHandler:
        """Built once: middleware that reads all static files at its start takes longer than most clicks."""
        return ClientHandler(enforce_csrf_checks=False)

    def client(self, who: str, **more: Any) -> Client:
        """A browser with the person's session, without what earlier answers put into it."""
        found = Client(**more)
        found.handler = self.handler
        if who in self.sessions:
            found.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: self.sessions[who]})
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(("anonymous", *self.users))


def signed_in(user: User) -> str:
    """The key of a new session of the person's."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser(user: User, **more: Any) -> Client:
    """A browser in which the person is signed in."""
    client = Client(**more)
    client.force_login(user, backend=BACKEND)
    return client


def secretariat() -> Agency:
    """The organisation for which the platform's own people work; it belongs to no state."""
    found = Agency.objects.filter(code="ORG-SEC").first()
    return found or create_agency(
        code="ORG-SEC", kind=Agency.Kind.ORGANISATION_REGIONAL, name_en="Secretariat", name_ru="Секретариат"
    )


def past_member(at: Agency) -> User:
    """An officer since a month ago."""
    user = person()
    month_ago = timezone.now() - timedelta(days=30)
    membership = add_member(user=user, agency=at, starts=month_ago)
    give_role(membership=membership, role=Role.OFFICER, starts=month_ago)
    return user


def put(case: Case, by: User, kind: str = CaseItem.Kind.NOTE, **values: Any) -> CaseItem:
    """An item of a case: a note unless said otherwise."""
    rows = values.pop("rows", {})
    return create_item(
        actor=by, case_id=case.pk, kind=kind, values=NOTE | values if kind == "note" else values, rows=rows
    )


class Paper(SimpleUploadedFile):
    """A small text file that can be sent again and again."""

    def __init__(self, name: str = "paper.txt", content: bytes = b"An invented paper.") -> None:
        super().__init__(name, content, "text/plain")

    def read(self, *args: Any) -> bytes:
        """From the beginning, whatever was read before."""
        self.seek(0)
        return super().read(*args)


def put_paper(case: Case, by: User, paper: Paper | None = None, **values: Any) -> CaseItem:
    """A document of a case."""
    values = {"marking": "unmarked", "description": "A paper"} | values
    return create_document(actor=by, case_id=case.pk, file_id=take_in(paper or Paper(), by).pk, values=values)


def ask(
    item: CaseItem, recipient: Agency, *, by: User, purpose: str = "Evidence.", withheld: tuple[str, ...] = ()
) -> Share:
    """A share of one item, asked for and not decided."""
    return ask_share(
        actor=by,
        case_id=item.case_id,
        chosen=[Chosen(item.pk, withheld)],
        recipient=recipient,
        purpose=purpose,
        until=later(),
    )


def give(share: Share, by: User) -> Share:
    """The share approved as it was asked."""
    return decide_share(actor=by, pk=share.pk, name="approve", version=share.version)


def expire(share: Share) -> Share:
    """The share as it is a second after its end: its last day is over, nothing else has happened."""
    share.ends_at = timezone.now() - timedelta(seconds=1)
    share.save(update_fields=["ends_at"])
    ItemGroupGrant.objects.filter(share=share).update(expires_at=share.ends_at)
    return share


NOTE = {"title": "An invented note", "text": "Seen at the border."}


def form_data(line: Line, name: str, **more: Any) -> dict[str, Any]:
    """What a browser sends for a step filled in whole: the service's data, spread over the form's fields."""
    found: dict[str, Any] = {"version": line.clock(name)}
    for key, value in (line.data(name) | more).items():
        if key == "questions":
            found |= {f"questions_{one['field']}": one["question"] for one in value}
        elif key == "comments":
            found |= {f"comments_{one['field']}": one["text"] for one in value}
        elif key == "legality":
            found |= {f"legality_{code}": "on" for code in value}
        elif key == "answers":
            found |= {f"answers_{index}": text for index, text in enumerate(value)}
        elif key == "results":
            for number, row in value.items():
                found |= {f"results_{number}_result": row["result"], f"results_{number}_text": row["text"]}
        elif isinstance(value, bool):
            found |= {key: "on"} if value else {}
        else:
            found[key] = getattr(value, "pk", value)
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Take back what happens inside. Durable transactions are let through, as in Django's own TestCase."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
