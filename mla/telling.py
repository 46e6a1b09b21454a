"""Who hears of a step, and who of them must act now."""

import uuid
from collections.abc import Iterable

from accounts.models import User
from agencies.models import Role
from agencies.standing import people_with
from mla.models import AssistanceRequest
from mla.policies import Bodies, is_called, waits_for
from mla.workflow import Body, Transition, awaited
from notifications.services import notify, settle


def tell(transition: Transition, before: str, bodies: Bodies, actor: User) -> None:
    """Settle what waited for a step, then tell those whom the table names; whoever must act next is told as called."""
    request = bodies.request
    settle(subject_type="request", subject_id=request.pk, actor=actor, done=awaited(transition, before))
    told, called = _people(bodies, transition.tells)
    told.pop(actor.pk, None)
    seeing = seen_by(told.values(), request)
    notify(
        event=f"request.{transition.name}",
        people=seeing,
        called=[person for person in seeing if person.pk in called],
        subject_type="request",
        subject_id=request.pk,
    )


def called_now(bodies: Bodies) -> list[User]:
    """Everybody for whom the request waits, and who sees it."""
    told, called = _people(bodies, [(one.body, one.role) for one in waits_for(bodies)])
    return seen_by([told[pk] for pk in called], bodies.request)


def seen_by(people: Iterable[User], request: AssistanceRequest) -> list[User]:
    """Those of the people who see the request."""
    return [person for person in people if AssistanceRequest.objects.visible_to(person).filter(pk=request.pk).exists()]


def _people(bodies: Bodies, desks: Iterable[tuple[Body, Role]]) -> tuple[dict[uuid.UUID, User], set[uuid.UUID]]:
    """The holders of these roles at these bodies, and the keys of those for whom the request waits."""
    told, called = {}, set()
    for body, role in dict.fromkeys(desks):
        agency_id = bodies.agency_id(body)
        for person in people_with(role, agency_id) if agency_id else ():
            told[person.pk] = person
            if is_called(bodies, body, role, person.pk):
                called.add(person.pk)
    return told, called
