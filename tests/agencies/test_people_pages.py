"""Pages of admins: what they show, what they do, and what they say when it cannot be done."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import AccountChange, Agency, Application, Handover, Invitation, Role, RoleProposal, Roster
from agencies.services import end_membership, invitations
from audit.models import AuditEvent, Outcome
from notifications.models import Notification, Outbox
from notifications.tasks import deliver
from tests.agencies.offices import APPLICATION, Office, join, roles_of
from tests.factories import Line, World, agency, case, later, member, person, state
from tests.security.pages import form_of
from tests.security.people import browser


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


@pytest.fixture
def admin(office: Office) -> Client:
    """The agency admin's browser."""
    return browser(office.admin)


def text(client: Client, url: str, status: int = 200) -> str:
    """A page."""
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def test_the_list_of_people(office: Office, admin: Client) -> None:
    """Who works here with their roles, what waits, who was invited; the others of the portal are not there."""
    stranger = person(agency("KG-GPO"), Role.OFFICER)
    office.propose(office.officer)
    office.invite()
    page = text(admin, reverse("people:index"))
    for words in (office.officer.name, office.officer.email, office.other_admin.name, "New Person", "officer"):
        assert words in page
    assert "waits for the second person" in page
    assert stranger.name not in page and office.platform.name not in page


def test_who_has_left(office: Office, admin: Client) -> None:
    """On a page of its own, with the day; their page still shows what they were."""
    membership = office.membership(office.officer)
    end_membership(membership=membership)
    assert office.officer.name not in text(admin, reverse("people:index"))
    assert office.officer.name in text(admin, f"{reverse('people:index')}?show=ended")
    page = text(admin, reverse("people:member", args=[membership.pk]))
    assert "Former roles" in page and reverse("people:role", args=[membership.pk]) not in page


def test_found_by_name_or_address(office: Office, admin: Client) -> None:
    """Any part of either; a page that is none is the first."""
    names = {person(office.agency).pk: f"Асанова {n}" for n in range(60)}
    for pk, name in names.items():
        User.objects.filter(pk=pk).update(name=name)
    index = reverse("people:index")
    page = text(admin, f"{index}?q=асан")
    assert page.count("Асанова") == 50 and "page=1" in page
    assert text(admin, f"{index}?q=асан&page=1").count("Асанова") == 10
    assert office.officer.name in text(admin, f"{index}?q={office.officer.email}")
    office.invite("sought@kg-mia.example")
    office.invite("other@kg-mia.example")
    page = text(admin, f"{index}?q=sought")
    assert "sought@kg-mia.example" in page and "other@kg-mia.example" not in page
    assert "who was invited stands below" in page
    for odd in ("?page=-1", "?page=x", "?page=" + "9" * 500, "?agency=NO-NE", "?q=%00", "?show=x", "?q=" + "x" * 9000):
        assert office.officer.name in text(admin, index + odd) or "?q=" in odd


def test_two_agencies_of_one_admin(office: Office, admin: Client) -> None:
    """Each has a page of its own; one that is not theirs shows theirs."""
    other = agency("KG-GPO")
    member(office.admin, other, Role.AGENCY_ADMIN)
    there = person(other, Role.OFFICER)
    index = reverse("people:index")
    assert there.name in text(admin, f"{index}?agency=KG-GPO")
    assert there.name not in text(admin, f"{index}?agency=KG-MIA")


def test_inviting(office: Office, admin: Client) -> None:
    """The form, its mistakes, its effect; sent twice it invites once."""
    url = reverse("people:invite")
    form = form_of(text(admin, url))
    assert "platform_admin" not in text(admin, url) and "auditor" not in form.data
    form.data |= {"email": office.officer.email, "name": "A", "language": "en", "roles": ["officer"]}
    again = admin.post(url, form.data)
    assert again.status_code == 200 and "email" in again.context["form"].errors
    assert 'value="A"' in again.content.decode()
    form.data["email"] = "new@kg-mia.example"
    answers = [admin.post(url, form.data) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"{reverse('people:index')}?agency=KG-MIA"}
    assert Invitation.objects.count() == 1


def test_an_invitation_sent_anew_and_taken_back(office: Office, admin: Client) -> None:
    """Each from its own page, which says what will happen; closed ones say why nothing more can be done."""
    row = office.invite()
    salt = row.salt
    again, back = (reverse("people:invitation", args=[row.pk, name]) for name in ("again", "revoke"))
    assert "former link" in text(admin, again) and "not told" in text(admin, back)
    assert admin.post(again, {}).status_code == 302
    row.refresh_from_db()
    assert row.salt != salt
    assert admin.post(back, {}).status_code == 302
    row.refresh_from_db()
    assert row.revoked_at
    for url in (again, back):
        assert "closed" in text(admin, url, 403) and admin.post(url, {}).status_code == 403


def test_a_role_from_proposal_to_end(office: Office, admin: Client) -> None:
    """Proposed on the member's page, confirmed on the other admin's list, taken away at once."""
    membership = office.membership(office.officer)
    url = reverse("people:role", args=[membership.pk])
    bad = admin.post(url, {"role": "ca_signatory"})
    assert bad.status_code == 200 and "last" in bad.context["form"].errors
    assert admin.post(url, {"role": "ca_signatory", "last": later()}).status_code == 302
    proposals = reverse("people:proposals")
    assert office.officer.name in text(admin, proposals)
    assert admin.post(proposals, {"decision": "confirm", "all_shown": "on"}).status_code == 200
    other = browser(office.other_admin)
    page = text(other, proposals)
    assert office.officer.name in page and office.admin.name in page
    for wrong in ({"decision": "confirm"}, {"decision": "decline", "all_shown": "on"}, {"all_shown": "on"}):
        answer = other.post(proposals, wrong)
        assert answer.status_code == 200 and answer.context["form"].errors
    assert roles_of(office.officer) == {Role.OFFICER}
    assert other.post(proposals, {"decision": "confirm", "all_shown": "on"}).status_code == 302
    assert Role.CA_SIGNATORY in roles_of(office.officer)
    row = membership.roles.get(role=Role.CA_SIGNATORY)
    assert admin.post(reverse("people:end_role", args=[row.pk]), {}).status_code == 302
    assert roles_of(office.officer) == {Role.OFFICER}


def test_decided_meanwhile(office: Office, admin: Client) -> None:
    """The list says that it has changed, and shows what is left."""
    third = browser(person(office.agency, Role.AGENCY_ADMIN))
    row = office.propose(office.officer)
    form = {"decision": "confirm", "proposals": [str(row.pk)]}
    other = browser(office.other_admin)
    assert other.post(reverse("people:proposals"), form).status_code == 302
    answer = third.post(reverse("people:proposals"), form)
    assert answer.status_code == 200 and "no longer yours" in answer.content.decode()


def test_ones_own_page(office: Office, admin: Client) -> None:
    """The buttons stand there, closed, with the reason."""
    page = text(admin, reverse("people:member", args=[office.membership(office.admin).pk]))
    assert page.count('aria-disabled="true"') == 2 and "Nobody changes their own roles" in page


def test_the_last_admin_is_told_why(office: Office, admin: Client) -> None:
    """On a page that says what to do first."""
    end_membership(membership=office.membership(office.other_admin))
    helper = person(office.agency, Role.AGENCY_ADMIN)
    membership = office.membership(office.admin)
    end_membership(membership=office.membership(helper))
    answer = browser(office.admin).post(reverse("people:dismiss", args=[membership.pk]), {})
    assert answer.status_code == 403 and "another admin" in answer.content.decode()


def test_leaving_and_handing_over(world: World) -> None:
    """The admin reads a number, and nothing of what it counts; need-to-know is not counted; the receiver accepts."""
    admin_user = person(world.bodies["drafting"], Role.AGENCY_ADMIN)
    successor = person(world.bodies["drafting"], Role.OFFICER)
    line, hidden = Line(world), Line(world, need_to_know=True)
    admin = browser(admin_user)
    membership = world.drafter.memberships.get()
    place = reverse("people:dismiss", args=[membership.pk])
    page = text(admin, place)
    assert "1 draft will have no drafter" in page
    url = reverse("people:hand_over", args=[membership.pk])
    for one in (page, text(admin, url)):
        for secret in (line.request.title, line.request.reference, line.case.reference, hidden.case.reference):
            assert secret not in one
    assert admin.post(place, {}).status_code == 302
    assert "1 draft waits for another drafter" in text(admin, reverse("people:member", args=[membership.pk]))
    assert admin.post(url, {"receiver": successor.memberships.get().pk}).status_code == 302
    row = Handover.objects.get()
    decide = reverse("people:handover", args=[row.pk])
    receiver = browser(successor)
    assert world.drafter.name in text(receiver, decide)
    assert receiver.post(decide, {"decision": "decline"}).status_code == 200
    assert receiver.post(decide, {"decision": "confirm"}).status_code == 302
    assert line.request.drafter == successor and hidden.request.drafter == world.drafter
    assert receiver.post(decide, {"decision": "confirm"}).status_code == 409
    assert "Confirmed" in text(admin, decide)


def test_nothing_to_hand_over(world: World) -> None:
    """Nothing is offered to nobody: the page says so, whether there is no draft or only hidden ones."""
    admin = browser(person(world.bodies["drafting"], Role.AGENCY_ADMIN))
    url = reverse("people:hand_over", args=[world.drafter.memberships.get().pk])
    assert "There is nothing to hand over" in text(admin, url)
    Line(world, need_to_know=True)
    assert "There is nothing to hand over" in text(admin, url)
    Line(world)
    assert "1 draft would pass" in text(admin, url)


def test_a_list_from_file_to_invitations(office: Office, admin: Client) -> None:
    """Sent in CP1251, corrected in place, confirmed; the page keeps every row as it was typed."""
    lines = ("ФИО;Почта;Роль", "Асанова Айжан;aijan@kg-mia.example;officer", "Без адреса;;supervisor", "")
    content = "\n".join(lines).encode("cp1251")
    send = reverse("people:send_roster")
    empty = admin.post(send, {"file": SimpleUploadedFile("list.csv", b"nothing")})
    assert empty.status_code == 200 and "file" in empty.context["form"].errors
    response = admin.post(send, {"file": SimpleUploadedFile("list.csv", content)})
    row = Roster.objects.get()
    url = reverse("people:roster", args=[row.pk])
    assert response["Location"] == url
    page = text(admin, url)
    assert "CP1251" in page and "Асанова Айжан" in page and 'value="Без адреса"' in page
    form = form_of(page)
    confirm = reverse("people:confirm_roster", args=[row.pk])
    early = admin.post(confirm, {"version": 1})
    assert early.status_code == 200 and "Nobody was invited" in early.content.decode()
    form.data |= {"email_3": "other@kg-mia.example", "roles_3": "officer"}
    assert admin.post(url, form.data)["Location"] == url
    page = text(admin, url)
    assert "Invite everybody" in page and confirm in page
    assert admin.post(confirm, {"version": 1}).status_code == 409
    assert not Invitation.objects.exists()
    assert admin.post(confirm, form_of(page, confirm).data)["Location"] == url
    assert Invitation.objects.count() == 2
    done = text(admin, url)
    assert "has been invited" in done and "Асанова" not in done
    assert admin.post(url, form.data).status_code == 200
    assert admin.post(confirm, {"version": 3}).status_code == 403


def test_a_row_left_out_in_the_page(office: Office, admin: Client) -> None:
    """Of a list of thirty wrong rows 25 are shown; each can be left out."""
    lines = "".join(f"wrong {n};A\n" for n in range(30))
    admin.post(reverse("people:send_roster"), {"file": SimpleUploadedFile("l.csv", f"E-mail;Name\n{lines}".encode())})
    row = Roster.objects.get()
    url = reverse("people:roster", args=[row.pk])
    page = text(admin, url)
    assert "5 more come up" in page
    out = {f"out_{line}": "on" for line in range(2, 27)}
    assert admin.post(url, form_of(page).data | out).status_code == 302
    row.refresh_from_db()
    assert [one["line"] for one in row.rows] == list(range(27, 32))


def test_a_list_changed_meanwhile(office: Office, admin: Client) -> None:
    """409 with the list as it is now, and what was typed: also over a row that somebody else has put right."""
    admin.post(reverse("people:send_roster"), {"file": SimpleUploadedFile("l.csv", b"E-mail;Name\nwrong;A\n")})
    url = reverse("people:roster", args=[Roster.objects.get().pk])
    form = form_of(text(admin, url)).data
    assert browser(office.other_admin).post(url, form | {"email_2": "still wrong"}).status_code == 302
    answer = admin.post(url, form | {"token": "", "email_2": "mine too"})
    page = answer.content.decode()
    assert answer.status_code == 409 and "The list says now: still wrong" in page
    assert browser(office.other_admin).post(url, form_of(text(admin, url)).data | {"email_2": "b@b.example"})
    answer = admin.post(url, form_of(page).data)
    page = answer.content.decode()
    assert answer.status_code == 409 and 'value="mine too"' in page and "The list says now: b@b.example" in page
    assert admin.post(url, form_of(page).data | {"email_2": "mine@kg-mia.example"}).status_code == 302
    assert Roster.objects.get().rows[0]["email"] == "mine@kg-mia.example"


def application_form(**more: str) -> dict[str, str]:
    """A new agency as it is typed, with one designation."""
    row = {"basis": "untoc", "function": "sends", "stage": "any", "starts": "2004-01-01", "source": "Note 4"}
    rows = {f"designations-0-{name}": value for name, value in row.items()}
    counts = {"designations-TOTAL_FORMS": "1", "designations-INITIAL_FORMS": "0"}
    return APPLICATION | {"home_state": "KG"} | rows | counts | more


def test_onboarding_in_the_pages(office: Office) -> None:
    """Entered with a row added, changed, refused to its own hand, approved after a tick by another."""
    state("KG")
    first, second = browser(office.platform), browser(office.second)
    enter = reverse("onboarding:enter")
    more = first.post(enter, application_form(add_row="designations", code="typed"))
    assert more.content.decode().count("designations-1-source") and 'value="typed"' in more.content.decode()
    bad = first.post(enter, application_form(code="kg bor"))
    assert bad.status_code == 200 and "code" in bad.context["form"].errors
    assert not Application.objects.exists()
    url = first.post(enter, application_form())["Location"]
    row = Application.objects.get()
    page = text(first, url)
    assert "You entered it" in page and office.second.name in page and "UNTOC" in page
    assert first.post(url, {"decision": "confirm", "looked": "on", "version": 1}).status_code == 403
    change = reverse("onboarding:change", args=[row.pk])
    assert first.post(change, application_form(version="1", name_en="Changed")).status_code == 302
    stale = second.post(url, {"decision": "confirm", "looked": "on", "version": 1})
    assert stale.status_code == 409 and "Changed" in stale.content.decode()
    assert form_of(stale.content.decode()).data["version"] == "2"
    blind = second.post(url, {"decision": "confirm", "version": 2})
    assert blind.status_code == 200 and "looked" in blind.context["form"].errors
    silent = second.post(url, {"decision": "decline", "version": 2})
    assert silent.status_code == 200 and "reason" in silent.context["form"].errors
    done = second.post(url, {"decision": "confirm", "looked": "on", "version": 2}, follow=True)
    assert "its first admin is invited" in done.content.decode() and "First Admin" in done.content.decode()
    made = Agency.objects.get(code="KG-BOR")
    assert made.name_en == "Changed" and made.designations.get().source == "Note 4"
    assert "KG-BOR" in text(browser(office.officer), reverse("agencies:directory"))
    assert second.post(url, {"decision": "decline", "reason": "No.", "version": 2}).status_code == 409
    assert "decided" in text(first, change, 403)


def test_platform_admins_see_numbers_of_people(office: Office) -> None:
    """How many admins and people each agency has, and whom platform admins invited; no names of an agency's people."""
    row = invitations.invite(
        actor=office.platform,
        agency_id=office.agency.pk,
        email="third@kg-mia.example",
        name="Third Admin",
        post_held="",
        language="en",
        roles=[Role.AGENCY_ADMIN],
    )
    page = text(browser(office.second), reverse("onboarding:agencies"))
    assert "Third Admin" in page and office.admin.name not in page and office.officer.name not in page
    join(row)
    assert RoleProposal.objects.get().by_platform


def test_accounts_in_the_pages(office: Office) -> None:
    """Found by the whole address only; proposed by one, confirmed by another; one's own is closed to oneself."""
    first, second = browser(office.platform), browser(office.second)
    find = reverse("onboarding:find_account")
    missing = first.get(find, {"email": office.officer.email[1:]})
    assert "Nobody signs in with this address" in missing.content.decode()
    url = first.get(find, {"email": office.officer.email.upper()})["Location"]
    assert "KG-MIA" in text(first, url)
    assert first.post(url, {"wanted": "deactivate"}).status_code == 302
    assert "another person must decide" in text(first, url) and office.officer.name in text(second, find)
    assert first.post(url, {"wanted": "deactivate"}).status_code == 409
    assert second.post(url, {"decision": "decline"}).status_code == 200
    assert second.post(url, {"decision": "confirm"}).status_code == 302
    office.officer.refresh_from_db()
    assert not office.officer.is_active
    own = reverse("onboarding:account", args=[office.platform.pk])
    assert 'aria-disabled="true"' in text(first, own) and first.post(own, {"wanted": "deactivate"}).status_code == 403
    row = AccountChange.objects.create(proposed_by=office.platform, person=office.third, wanted="deactivate")
    back = reverse("onboarding:withdraw_change", args=[row.pk])
    assert second.post(back, {}).status_code == 403 and first.post(back, {}).status_code == 302


def test_a_refused_try_is_an_event(office: Office) -> None:
    """Who sends a form of the admins without being one is recorded; who only looks is not."""
    officer = browser(office.officer)
    officer.get(reverse("people:invite"))
    officer.post(reverse("people:invite"), {"email": "friend@kg-mia.example"})
    event = AuditEvent.objects.get(outcome=Outcome.REFUSED)
    assert (event.name, event.actor, event.facts) == (
        "page.refuse",
        office.officer,
        {"code": "role", "source": "people:invite"},
    )
    assert not Invitation.objects.exists()


def test_navigation(office: Office) -> None:
    """People for admins, agencies for platform admins, neither for the others."""
    seen = {}
    for name in ("admin", "platform", "officer"):
        page = text(browser(getattr(office, name)), "/")
        seen[name] = (reverse("people:index") in page, reverse("onboarding:index") in page)
    assert seen == {"admin": (True, False), "platform": (True, True), "officer": (False, False)}


def test_the_bell_leads_there(office: Office) -> None:
    """Each notice names its subject to who may see it, and leads to the page on which it is decided."""
    office.propose(office.officer)
    office.enter()
    case(office.officer, office.agency)
    deliver([str(pk) for pk in Outbox.objects.values_list("pk", flat=True)])
    assert Notification.objects.count() == 3
    places = reverse("notifications:index")

    def leads(user: User) -> str:
        (entry,) = Notification.objects.filter(person=user)
        return browser(user).post(reverse("notifications:open_one", args=[entry.pk]))["Location"]

    assert leads(office.other_admin) == reverse("people:proposals")
    row = Application.objects.get()
    for user in (office.second, office.third):
        assert leads(user) == reverse("onboarding:detail", args=[row.pk])
    end_membership(membership=office.membership(office.third))
    Notification.objects.filter(person=office.third).update(created_at=timezone.now() - timedelta(days=1))
    assert browser(office.third).get(places).status_code == 302
