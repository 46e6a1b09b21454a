"""The three main jobs as one hears them: by roles and names alone, and with a browser that runs no script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from cases.models import Case
from tests.e2e.visitor import Visitor
from tests.factories import CONTENT, MEASURES, Body, Line, World
from tests.security.people import ask, put

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """Finds everything in the main part of a page by what it is and what it is called."""

    def __init__(self, visitor: Visitor) -> None:
        self.page: Page = visitor.page
        self.main = self.page.get_by_role("main")

    def place(self, name: str, *, landmark: str) -> None:
        """Go where a link of the navigation leads; the page says where one is."""
        self.page.get_by_role("navigation", name=landmark, exact=True).get_by_role(
            "link", name=name, exact=True
        ).click()
        expect(self.main.get_by_role("heading", level=1)).to_have_text(name)

    def follow(self, name: str) -> None:
        """A link."""
        self.main.get_by_role("link", name=name, exact=True).first.click()

    def press(self, name: str) -> None:
        """A button."""
        self.main.get_by_role("button", name=name, exact=True).click()

    def type(self, name: str, text: str) -> None:
        """Into a field for text: its name is its label, with the note whether it is needed."""
        self.field(name).fill(text)

    def field(self, name: str) -> Locator:
        """A field for text, by the words its label begins with."""
        return self.main.get_by_role("textbox").and_(self.main.get_by_label(name)).first

    def hears(self, snapshot: str) -> None:
        """What the main part tells, as a tree of roles and names."""
        expect(self.main).to_match_aria_snapshot(snapshot)


def test_file_a_request(world: World, visit: Callable[..., Visitor]) -> None:
    """In English: from the desk to a case, its request in steps, the check, and on to the supervisor."""
    one = Listener(visit(javascript=False).enter(world.drafter).go("/"))
    expect(one.page.get_by_role("banner")).to_have_count(1)
    expect(one.page.get_by_role("contentinfo")).to_have_count(1)
    one.place("Cases", landmark="Main")
    one.follow("Open a case")
    one.type("Title", "Case of the invented wares")
    one.type("No. of the criminal case", "1-2026")
    one.type("Offences", "Smuggling, art. 204")
    one.press("Open the case")
    one.follow("New request")
    one.type("Subject", str(CONTENT["title"]))
    one.main.get_by_role("combobox", name="Requested state").select_option(label="Uzbekistan")
    one.press("Show the legal bases")
    one.main.get_by_role("group", name="Legal basis").get_by_role("radio", name="Chisinau Convention (2002)").check()
    one.press("Begin the draft")
    one.hears(
        """
        - heading "Steps 2 of 10 steps done" [level=2]
        - list:
          - listitem:
            - link "Requested state and legal basis"
        """
    )
    steps = one.page.url
    one.follow("Case and offence")
    expect(one.page.get_by_role("navigation", name="Steps of the draft").locator("[aria-current=step]")).to_have_count(
        1
    )
    one.type("Authority conducting the proceedings", str(CONTENT["conducted_by"]))
    one.type("Offence and its legal qualification", str(CONTENT["offence"]))
    one.press("Save and go on")
    one.type("Summary of the facts", str(CONTENT["facts"]))
    one.press("Save and back to the steps")
    one.follow("Assistance sought")
    one.type("Purpose for which the assistance is sought", str(CONTENT["purpose"]))
    measure = one.main.get_by_role("group", name="Measure 1")
    measure.get_by_role("combobox", name="Kind of assistance").select_option(MEASURES[0]["kind"])
    measure.get_by_role("textbox", name="What is sought").fill(MEASURES[0]["description"])
    one.press("Save and back to the steps")
    one.follow("Check and submit")
    for gap in one.main.get_by_role("textbox", name="Reason for leaving it out").all():
        gap.fill("Not needed here.")
    one.press("Save the reasons")
    one.page.goto(steps)
    one.follow("Submit for review")
    one.press("Submit for review")
    one.hears(
        """
        - term: State
        - definition: Domestic review
        """
    )


def test_decide_a_share(world: World, visit: Callable[..., Visitor]) -> None:
    """In Russian: from the liaison officer's desk to each item, the decision, and who sees it from now on."""
    case = Case.objects.unscoped("tests").get(pk=Line(world).request.case_id)
    note = put(case, world.drafter, title="Invented note", text="Seen at the border.")
    ask(note, world.bodies[Body.RECEIVING], by=world.drafter)
    liaison = world.new(Body.DRAFTING, "liaison")
    liaison.language = "ru"
    liaison.save(update_fields=["language"])
    one = Listener(visit(javascript=False, language="ru").enter(liaison).go("/"))
    one.follow("Решить о передаче сведений")
    one.hears(
        """
        - heading /Разрешить передачу 1 объекта/ [level=1]
        - term: Кому
        - term: Состояние
        - definition: Ожидает решения
        - term: У кого находится
        - definition: у вас
        - heading "По каждому объекту" [level=2]
        - table:
          - rowgroup:
            - row:
              - columnheader "Объект"
              - columnheader "Будет видно"
              - columnheader "Останется скрыто"
          - rowgroup:
            - row:
              - rowheader:
                - checkbox "Invented note" [checked]
        """
    )
    one.main.get_by_role("group", name="Решение").get_by_role("radio", name="Разрешить передачу отмеченного").check()
    one.press("Записать решение")
    expect(one.main.get_by_role("alert").or_(one.main.locator(".error-summary"))).to_contain_text("просмотрен")
    one.main.get_by_role("radio", name="Разрешить передачу отмеченного").check()
    one.main.get_by_role("checkbox", name="Каждый объект просмотрен").check()
    one.press("Записать решение")
    one.hears(
        """
        - term: Состояние
        - definition: Разрешена
        - heading "Кто это видит" [level=2]
        """
    )


def test_transmit(world: World, line: Line, visit: Callable[..., Visitor]) -> None:
    """In English: from the authority's desk, with addressee and number; what is not open says why."""
    line.walk("submit", "pass_on", "sign")
    one = Listener(visit(javascript=False).enter(world.sender).go("/"))
    one.follow("Transmit")
    closed = one.main.get_by_role("button", name="Confirm response received")
    expect(closed).to_be_disabled()
    expect(closed).to_have_accessible_description("Opens in the state: Response sent.")
    one.follow("Transmit")
    expect(one.main.get_by_role("combobox", name="Addressee")).to_be_visible()
    one.type("Own number in the register", "14/3-1")
    one.press("Transmit")
    one.hears(
        """
        - term: State
        - definition: Transmitted
        - heading "Timeline" [level=2]
        - list:
          - listitem:
            - paragraph: "/Only your side sees this: Draft begun/"
        """
    )
    assert line.state == "transmitted"
