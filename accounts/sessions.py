"""Sessions that know whose they are, so that a person's sign-ins can be shown to them, and ended."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime

from accounts.kept import Kept
from accounts.models import Session, User

SESSION = Kept(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=CharField(),
    now=DateTimeField(),
)


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with the person in a column of their own."""

    # Django's own question, kept. A cookie may name what no key can be, which PostgreSQL would refuse to read.
    def _get_session_from_db(self) -> Session | None:
        key, found = self.session_key, None
        if "\0" not in key:
            found = SESSION.first(key=key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Where they are kept."""
        return Session

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        """The row as it is saved: the person is taken from what signing in wrote."""
        row: Session = super().create_model_instance(data)
        row.person_id = data.get(SESSION_KEY)
        return row


def end_sessions(person: User, *, but: str | None = None) -> int:
    """Sign a person out everywhere, or everywhere but in one session; return how many ended."""
    ended, _by_model = Session.objects.filter(person=person).exclude(session_key=but or "").delete()
    return ended


def sign_ins(person: User, present: str | None) -> list[dict[str, Any]]:
    """A person's sign-ins that run now, newest first. None tells its key, which would open it."""
    rows = Session.objects.filter(person=person, expire_date__gt=timezone.now())
    found = []
    for row in rows:
        data = row.get_decoded()
        began = parse_datetime(data.get("began", ""))
        found.append(
            {
                "name": name_of(row.session_key),
                "began": began,
                "browser": data.get("browser", ""),
                "present": row.session_key == present,
            }
        )
    return sorted(found, key=lambda one: str(one["began"] or ""), reverse=True)


def end_sign_in(person: User, name: str) -> None:
    """End one sign-in of a person's. Raises Session.DoesNotExist when there is none of that name."""
    for row in Session.objects.filter(person=person):
        if name_of(row.session_key) == name:
            row.delete()
            return
    raise Session.DoesNotExist


def name_of(session_key: str) -> str:
    """What a page calls a session, without giving its key away."""
    return salted_hmac("comity.sign-in", session_key, algorithm="sha256").hexdigest()[:24]
