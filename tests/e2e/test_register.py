"""A day at the register in the browser: on paper, sent, acknowledged several at once, found, taken out as a file."""

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import with_password
from tests.e2e.test_reach import RULES
from tests.e2e.visitor import Visitor
from tests.factories import Body, Line, World, later, today

pytestmark = pytest.mark.django_db(transaction=True)


def seemly(visitor: Visitor) -> None:
    """Axe finds nothing on this page, and nothing sticks out sideways, also on a telephone."""
    found = Axe().run(visitor.page, options=RULES).response["violations"]
    words = [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]
    size = visitor.page.viewport_size
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    words += filter(None, [visitor.sideways()])
    visitor.page.set_viewport_size(size)
    assert not words, visitor.page.url + "\n" + "\n".join(words)


def downloaded(visitor: Visitor, button: str) -> Path:
    """Press an export; the file that arrives, under its own name."""
    with visitor.page.expect_download() as waiting:
        visitor.press(button, "link")
    target = Path(waiting.value.path()).with_name(waiting.value.suggested_filename)
    waiting.value.save_as(target)
    return target


def numbers(visitor: Visitor) -> list[str]:
    """The own numbers of the entries, from the top."""
    return visitor.page.locator("main table[aria-label=Entries] tbody th a").all_inner_texts()


@pytest.mark.timeout(600)
def test_a_day_at_the_register(world: World, visit: Callable[..., Visitor]) -> None:
    """Both authorities, with a slip on the way."""
    lines = [Line(world) for _each in range(3)]
    for number, line in enumerate(lines, start=1):
        line.walk("submit", "pass_on", "sign")
        line.take("transmit", number=f"14/3-{number}")
    receiver = visit().sign_in(with_password(world.receiver).email)

    receiver.page.locator(".nav-wide a", has_text="Register").click()
    receiver.press("Enter a request on paper", "link")
    seemly(receiver)
    receiver.fill(direction="incoming", number="вх – 99", other_state="MN", authority="=Ministry()")
    receiver.fill(subject="Service of an invented summons", answer_due=later(3).isoformat())
    receiver.press("Enter in the register")
    assert "Entered in the register." in receiver.words and "Mongolia" in receiver.words
    seemly(receiver)

    receiver.go("/register/").press("To be acknowledged", "link")
    seemly(receiver)
    for line in lines:
        receiver.page.locator(f"main input[value='{line.pk}']").check()
    receiver.press("Acknowledge those ticked")
    seemly(receiver)
    offered = [receiver.page.locator(f"main [name='{line.pk}-number']").input_value() for line in lines]
    assert offered == ["вх – 100", "вх – 101", "вх – 102"]
    # Two are given one number, and the third has been withdrawn meanwhile.
    receiver.fill(**{f"{lines[1].pk}-number": "ВХ-100"})
    lines[2].take("withdraw")
    receiver.press("Acknowledge receipt")
    assert "under No. вх – 100" in receiver.words and "This request has moved on: Withdrawn." in receiver.words
    assert "Your agency has given this number" in receiver.words
    seemly(receiver)
    assert [line.state for line in lines] == ["acknowledged", "transmitted", "withdrawn"]
    receiver.fill(**{f"{lines[1].pk}-number": "вх-101"}).press("Acknowledge receipt")
    receiver.page.wait_for_url("**/register/?direction=incoming")
    assert "1 receipt acknowledged." in receiver.words
    assert numbers(receiver) == ["вх-101", "вх – 100", "вх – 99"]

    receiver.go("/register/").fill(q="BX—100").press("Show")
    assert numbers(receiver) == ["вх – 100"]
    receiver.fill(q="14/3").press("Show")
    assert numbers(receiver) == ["вх-101", "вх – 100"]
    seemly(receiver)
    receiver.press("Clear the filters", "link")
    assert len(numbers(receiver)) == 3

    sender = visit(language="ru").enter(world.sender).go("/register/")
    assert "вх – 100" in sender.words and "вх-101" in sender.words

    rows = list(csv.reader(downloaded(receiver, "Export CSV").read_text("utf-8-sig").splitlines()))
    assert "Exercise: Saffron Crate." in rows[0][0] and world.receiver.name in rows[0][0]
    assert [row[2] for row in rows[2:]] == ["вх-101", "вх – 100", "вх – 99"]
    assert rows[4][7] == "'=Ministry()"
    day = today(world.bodies[Body.RECEIVING])
    file = downloaded(receiver, "Export XLSX")
    assert file.name == f"register-UZ-GPO-{day.isoformat()}.xlsx"
    sheet = openpyxl.load_workbook(file).active
    assert [row[2].value for row in list(sheet.rows)[2:]] == ["вх-101", "вх – 100", "вх – 99"]
    assert (sheet["H5"].value, sheet["H5"].data_type) == ("=Ministry()", "s")
    assert sheet["D5"].is_date

    receiver.page.locator("main a", has_text="вх – 99").click()
    receiver.press("Mark void", "link").fill(reason="Entered twice.").press("Mark void")
    assert "Void since" in receiver.words and "This entry is void" in receiver.words
    seemly(receiver)
