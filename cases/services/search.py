"""The verbs of searching: keep what was typed for a day, and record that somebody searched, never for what."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agencies.standing import Standing, standing_of
from audit.services import record
from cases.finding import bucket, record_at
from cases.models import Search

EVERYWHERE = "all"


@dataclass(frozen=True, slots=True)
class Looked:
    """A search that was begun; where the term was the reference of a record, the record's address."""

    search: Search
    record: str


@transaction.atomic
def look_for(*, actor: User, term: str, place: str = EVERYWHERE) -> Looked:
    """Keep what the actor looks for, in one list or everywhere, and record the search: where, and about how much."""
    standing: Standing = standing_of(actor)
    search = Search.objects.create(person=actor, term=term, at=standing.now)
    address = record_at(standing, term)
    home = standing.home
    record(
        "search.run",
        actor=actor,
        subject_type="search",
        subject_id=search.pk,
        agency=home.code if home else "",
        kind=place,
        count=1 if address else bucket(standing, search, place),
    )
    return Looked(search, address)


def forget_searches() -> int:
    """Remove what was searched for more than a day ago; return how many searches went."""
    return Search.objects.filter(at__lte=timezone.now() - Search.KEPT).delete()[0]
