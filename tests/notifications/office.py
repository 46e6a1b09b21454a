"""An agency with officers and a case that all of them see: somebody to tell, and something to tell of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agencies.models import Role
from cases.models import Case
from notifications.delivery import deliver
from notifications.mail import send_all
from notifications.models import MailSettings, Notification, Outbox
from notifications.services import notify
from tests.factories import agency, case, person
from tests.memory import remembered

# A Wednesday, and moments of it at the agency: Bishkek keeps UTC+6 all year.
WEDNESDAY = datetime(2026, 11, 25, tzinfo=UTC)


def at(hour: float, day: datetime = WEDNESDAY) -> datetime:
    """A moment of a day by the agency's clock."""
    return day + timedelta(hours=hour - 6)


class Office:
    """KG-MIA, an officer, and a case; more officers as they are needed."""

    @remembered
    def __init__(self) -> None:
        self.agency = agency("KG-MIA")
        self.officer = self.new()
        self.case: Case = case(self.officer, self.agency)

    def new(self, *roles: str, language: str = "en") -> User:
        """One more person, an officer unless said otherwise."""
        return person(self.agency, *(roles or (Role.OFFICER,)), language=language)

    def write(self, *people: User, event: str = "case.name", called: bool = True, of: Case | None = None) -> list[str]:
        """Tell people of the case, in a transaction of its own: as called, or as news. The ids of the rows."""
        before = set(Outbox.objects.values_list("pk", flat=True))
        with transaction.atomic():
            subject = {"subject_type": "case", "subject_id": (of or self.case).pk}
            notify(event=event, people=people, called=people if called else (), **subject)
        return [str(pk) for pk in Outbox.objects.exclude(pk__in=before).values_list("pk", flat=True)]

    def tell(self, *people: User, **more: Any) -> list[Notification]:
        """The same, delivered, and mailed where a mail goes at once; the entries."""
        ids = self.write(*people, **more)
        work(ids)
        return list(Notification.objects.filter(pk__in=ids))


def work(ids: list[str]) -> None:
    """What the worker does with these rows of the outbox."""
    send_all(deliver(ids, timezone.now()))


def ring() -> None:
    """What the worker does with all that waits in the outbox."""
    work([str(pk) for pk in Outbox.objects.filter(done_at=None).values_list("pk", flat=True)])


def choose(person: User, **values: Any) -> None:
    """What a person has chosen about mail."""
    MailSettings.objects.update_or_create(person=person, defaults=values)


def end_of_access(person: User) -> None:
    """The person's membership ended a second ago."""
    person.memberships.update(ends=timezone.now() - timedelta(seconds=1))
