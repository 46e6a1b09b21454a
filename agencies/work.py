"""What hangs on a person's work at an agency: taught by the apps that know it, when Django starts.

An admin hands work over without seeing any of it: this app knows how much there is, and when to say so.
"""

from collections.abc import Callable

from accounts.models import User
from agencies.models import Agency

Count = Callable[[User, Agency], int]
HandOver = Callable[[User, User, Agency], None]
Settle = Callable[[Agency, User], None]

_counts: list[Count] = []
_hand_overs: list[HandOver] = []
_settles: list[Settle] = []


def register(*, count: Count | None = None, hand_over: HandOver | None = None, settle: Settle | None = None) -> None:
    """Called once by an app when it is ready.

    `count` says how much of a person's work would pass to another, and counts nothing that only named people may
    know of; `hand_over` passes it on; `settle` looks after what a person leaves, or finds, when what they do at an
    agency changes. The last two run in the transaction of the change.
    """
    _counts.extend([count] if count else [])
    _hand_overs.extend([hand_over] if hand_over else [])
    _settles.extend([settle] if settle else [])


def waiting(person: User, agency: Agency) -> int:
    """How many pieces of work would pass to another."""
    return sum(count(person, agency) for count in _counts)


def hand_over(giver: User, receiver: User, agency: Agency) -> None:
    """Pass one person's work at an agency to another."""
    for act in _hand_overs:
        act(giver, receiver, agency)


def settle(agency: Agency, person: User) -> None:
    """Somebody has come or gone: nothing of the agency's may be left to nobody."""
    for act in _settles:
        act(agency, person)
