"""The lives of tests/security/test_model.py go wrong when the product does: run by `make drill-permissions`.

Each mutation is a mistake that somebody could make in a service. The model must notice it, by sequences alone.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase

from accounts.kept import Kept, Statement
from cases import access
from cases.models import GrantSource
from cases.services import case as case_services
from cases.services import items as item_services
from cases.services import shares as share_services
from mla import effects
from tests.security.test_model import live

Patch = pytest.MonkeyPatch


unname = case_services._unname


def nothing(*args: Any, **kwargs: Any) -> None:
    """Forget to do it."""


def revoke_deletes_nothing(patch: Patch) -> None:
    """A revoked share stays open."""
    patch.setattr(share_services, "take_share", nothing)


def expiry_is_ignored(patch: Patch) -> None:
    """The door does not look at the end of a grant."""
    for name in ("PREDICATE", "NEWEST"):
        patch.setattr(access, name, getattr(access, name).replace(access.UNEXPIRED, "true"))


def expiry_is_not_written(patch: Patch) -> None:
    """A share's grant lasts for good."""
    give = share_services.give_to_agency
    patch.setattr(share_services, "give_to_agency", lambda *args, **more: give(*args, **more | {"expires_at": None}))


def shorter_until_is_ignored(patch: Patch) -> None:
    """A share approved until an earlier day runs until the day asked for."""
    approve = share_services._approve
    patch.setattr(share_services, "_approve", lambda share, items, until, *more: approve(share, items, None, *more))


def all_items_are_approved(patch: Patch) -> None:
    """Approving some items opens all."""
    approve = share_services._approve
    patch.setattr(share_services, "_approve", lambda share, items, *more: approve(share, None, *more))


def withheld_parts_cross(patch: Patch) -> None:
    """What shall stay out is frozen into the share."""
    patch.setattr(share_services, "without", lambda content, withheld: content)


def unname_leaves_the_items(patch: Patch) -> None:
    """Taking a name out closes the case, but not what hangs on it."""
    take = case_services.take_from_person
    patch.setattr(case_services, "take_from_person", lambda records, *more: take(list(records)[:1], *more))


def who_leaves_stays_named(patch: Patch) -> None:
    """A name outlives its membership: whoever comes back sees the case again."""
    patch.setattr(case_services, "_unname", lambda case, person, actor: actor and unname(case, person, actor))


def naming_gives_the_case_alone(patch: Patch) -> None:
    """A person named later does not see the items that are there."""
    patch.setattr(case_services, "_belongings", lambda case: [])


def new_items_miss_the_members(patch: Patch) -> None:
    """An item put into a need-to-know case is given to nobody."""
    patch.setattr(item_services, "give_to_person", nothing)


def assignment_takes_the_request_from_the_authority(patch: Patch) -> None:
    """The receiving authority loses the request when it assigns it."""
    assign = effects.accept_and_assign

    def mistaken(step: effects.Step) -> None:
        assign(step)
        effects.take_source([step.request], GrantSource.REQUESTED)

    patch.setitem(effects.EFFECTS, "accept_and_assign", mistaken)


def the_old_authority_keeps_the_request(patch: Patch) -> None:
    """A request that goes out another way stays open to who had it before."""
    patch.setattr(effects, "take_source", nothing)


def the_answer_stays_with_the_executing_agency(patch: Patch) -> None:
    """The items of an answer do not reach those who asked."""
    share = effects.share_items
    patch.setattr(
        effects, "share_items", lambda *args, step, **more: step == "send_response" or share(*args, step=step, **more)
    )


MUTATIONS: list[Callable[[Patch], None]] = [
    revoke_deletes_nothing,
    expiry_is_ignored,
    expiry_is_not_written,
    shorter_until_is_ignored,
    all_items_are_approved,
    withheld_parts_cross,
    unname_leaves_the_items,
    who_leaves_stays_named,
    naming_gives_the_case_alone,
    new_items_miss_the_members,
    assignment_takes_the_request_from_the_authority,
    the_old_authority_keeps_the_request,
    the_answer_stays_with_the_executing_agency,
]


@pytest.mark.timeout(3600)
@pytest.mark.django_db
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_the_model_notices(mutation: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """Most are noticed within the 200 sequences of `make test`; what needs a rare conjunction takes longer."""
    # A statement that was kept would know nothing of the mistake, or keep it for the next test.
    kept: dict[tuple[Kept, str], Statement] = {}

    def made(question: Kept, database: str) -> Statement:
        if (question, database) not in kept:
            kept[question, database] = question._make()
        return kept[question, database]

    monkeypatch.setattr(Kept, "_made", made)
    mutation(monkeypatch)
    with pytest.raises(AssertionError):
        live(2, 3000, phases=[Phase.generate])
