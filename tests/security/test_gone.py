"""Access ends in the middle of a form: done whole or not there, whatever the moment; never an error."""

from collections.abc import Iterator

import pytest
from django.db import connection

from cases.services import name_person, unname_person
from tests.factories import World
from tests.racing import Between
from tests.security.people import browser
from tests.security.test_walker import Walk, rows

pytestmark = pytest.mark.django_db(transaction=True)

# What stands in each reading of a need-to-know record, and in no other statement.
DOOR = "persongrant"
# So that the draft that one form has changed is whole when the next submits it.
MEASURE = {"measures-0-kind": "a", "measures-0-description": "Hear the witness."}


def forms() -> Iterator[str]:
    """Every form about the need-to-know case that its officer can send."""
    for address, method, expected in rows():
        if method == "POST" and address.endswith("/secret") and expected["officer"] == "ok":
            yield address


def test_taken_out_in_the_middle_of_a_form(world: World) -> None:
    """Before each look through the door, until the form is done: 404, its page, or the reason; never 5xx."""
    walk = Walk(world)
    officer, colleague, case = world.drafter, walk.people.users["colleague"], walk.secret.case
    name_person(actor=officer, pk=case.pk, person=colleague)
    client = browser(officer, raise_request_exception=False)
    found: dict[str, list[int]] = {}
    for address in forms():
        found[address] = []
        for number in range(1, 40):
            between = Between(number, lambda: unname_person(actor=colleague, pk=case.pk, person=officer), DOOR)
            walk.shares["secret"].refresh_from_db()
            url, form = walk.url(address), walk.form(address) | MEASURE | {"attachments": walk.items["secret"].pk}
            with connection.execute_wrapper(between):
                found[address].append(client.post(url, form).status_code)
            between.finish()
            if between.done:
                name_person(actor=colleague, pk=case.pk, person=officer)
            if found[address][-1] == 302:
                break
    assert len(found) > 10
    for address, answers in found.items():
        assert answers[0] == 404 and answers[-1] == 302, f"{address}: {answers}"
        assert set(answers) <= {200, 302, 403, 404, 409}, f"{address}: {answers}"
    # Where the view looks first and the service anew, there is a moment between.
    assert sum(answers.count(404) > 1 for answers in found.values()) > 8, found
