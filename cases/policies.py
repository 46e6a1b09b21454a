"""May this person do this with a case? Asked by services, and by pages that show a button."""

from agencies.models import Role
from agencies.standing import Standing
from cases.models import Case

# Who writes in a case: the people who work on it. A liaison officer decides on shares and writes nothing.
WRITERS = frozenset({Role.OFFICER, Role.SUPERVISOR})


def may_open_cases(standing: Standing) -> bool:
    """Whether the person can open a case for some agency."""
    return not standing.all_roles.isdisjoint(WRITERS)


def may_edit(case: Case, standing: Standing) -> bool:
    """Whether the person writes in this case: an officer or supervisor of its owner. Seeing it is asked elsewhere."""
    return standing.any_of(WRITERS, case.owner_id)
