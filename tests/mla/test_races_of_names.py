"""Need-to-know while people are named and taken out, and requests come and go: nobody keeps what is not theirs."""

from typing import Any

import pytest
from django.utils import timezone

from agencies.models import Role
from cases.expected import findings
from cases.services import name_person, unname_person
from mla.services import create_request, perform
from mla.workflow import Body
from tests.cases.sharing import sees
from tests.factories import CONTENT, MAIN, MEASURES, World, explain, person, state
from tests.mla.test_crossing import AUTHORITY, HOME, Papers
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

# All that these acts wait for is the case; whoever holds it knows who is named.
CASE = "select 1 from cases_case where id = %s for update"


@pytest.fixture
def close(world: World) -> Papers:
    """A need-to-know case in the very agency that is its own central authority; the supervisor is named too."""
    gpo = world.bodies[Body.DRAFTING] = world.bodies[Body.SENDING]
    world.drafter = world.holders[Body.DRAFTING, Role.OFFICER] = person(gpo, Role.OFFICER)
    world.supervisor = world.holders[Body.DRAFTING, Role.SUPERVISOR] = person(gpo, Role.SUPERVISOR)
    return Papers(world, need_to_know=True, members=[world.supervisor])


@pytest.mark.parametrize("send_first", [False, True])
@pytest.mark.parametrize("out", [False, True], ids=["named", "taken out"])
def test_names_while_the_response_is_sent(close: Papers, out: bool, send_first: bool) -> None:
    """Whichever comes first: who is named sees the answer, who is taken out sees nothing of it."""
    world = close.world
    colleague = world.new(Body.DRAFTING, Role.OFFICER)
    if out:
        name_person(actor=world.drafter, pk=close.case.pk, person=colleague)
    close.walk(*MAIN[:8])
    item = close.find()
    close.take("report_results")
    version, data = close.clock("send_response"), close.data("send_response")
    change = unname_person if out else name_person
    acts = [
        lambda: close.take("send_response", version=version, **data),
        lambda: change(actor=world.drafter, pk=close.case.pk, person=colleague),
    ]
    done = race((CASE, str(close.case.pk)), *(acts if send_first else acts[::-1]))
    assert [one.error for one in done] == [None, None]
    assert sees(colleague, item) == (not out)
    assert close.who_sees(item) == AUTHORITY | {"receiver", "executor"}
    assert list(findings(timezone.now())) == []


@pytest.mark.parametrize("back_first", [False, True])
def test_one_request_goes_back_while_another_comes(close: Papers, back_first: bool) -> None:
    """Both have the same attachment: it stays open to the authority for the one that came."""
    second = create_request(
        actor=close.world.drafter,
        case_id=close.case.pk,
        requested_state=state("UZ"),
        content=CONTENT,
        measures=MEASURES,
        attachments=[close.pdf.pk],
    )
    explain(close.world.drafter, second.pk)
    first = close.pk
    close.walk("submit", "pass_on")
    back, reason = close.clock("return_from_authority"), close.data("return_from_authority")
    close.pk = second.pk
    close.take("submit")
    on, legality = close.clock("pass_on"), close.data("pass_on")

    def act(pk: Any, name: str, version: int, data: dict[str, Any]) -> Any:
        return perform(actor=close.holder(name), pk=pk, name=name, version=version, data=data)

    acts = [
        lambda: act(first, "return_from_authority", back, reason),
        lambda: act(second.pk, "pass_on", on, legality),
    ]
    done = race((CASE, str(close.case.pk)), *(acts if back_first else acts[::-1]))
    assert [one.error for one in done] == [None, None]
    assert close.who_sees(close.pdf) == AUTHORITY
    assert close.who_sees(close.note) == HOME
    assert list(findings(timezone.now())) == []
