"""What the exercise tells: five states, agencies of every kind, people in every role, records in every state."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from accounts.models import User
from agencies.models import Agency, Application, Designation, Invitation, Role, RoleProposal, State
from audit.models import AuditEvent
from cases.models import Case, CaseItem, Document, PersonName, Share
from cases.models.items import Script
from cases.workflow import ShareState
from exercise import guide
from exercise.loading import load
from exercise.people import PLAYERS
from exercise.stage import DOCUMENTS, READ_AFTER, ZONE, Stage
from mla.models import AssistanceRequest, PaperRequest, RequestEvent, RequestVersion
from mla.presentation import working_days
from mla.workflow import BY_NAME, RequestState
from notifications.models import Mail, Notification, Outbox
from tests.memory import memory
from tests.security.people import browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stage(settings: Any, django_user_model: Any) -> Stage:
    """The exercise as `manage.py load_exercise` loads it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return memory.recall("the exercise", load)


def requests() -> Any:
    """All of them, whoever may see them."""
    return AssistanceRequest.objects.unscoped("a test looks at the rows")


def test_five_states_and_agencies_of_every_kind() -> None:
    """Each state has agencies, and no kind is missing; organisations belong to no state."""
    assert set(Agency.objects.exclude(state=None).values_list("state", flat=True)) == {"KZ", "KG", "TJ", "TM", "UZ"}
    assert Agency.objects.count() >= 15
    assert set(Agency.objects.values_list("kind", flat=True)) == set(Agency.Kind)
    assert all(agency.name_state for agency in Agency.objects.exclude(state=None))
    assert all(state.tz for state in State.objects.all())


def test_people_in_every_role() -> None:
    """At least 24, each with a name of their own, and nobody's address reaches anybody."""
    assert {player.role for player in PLAYERS} == set(Role)
    assert len({player.name for player in PLAYERS}) == len({player.email for player in PLAYERS}) == len(PLAYERS)
    assert all(email.endswith(".example") for email in User.objects.values_list("email", flat=True))


def test_names_stand_as_their_states_write_them() -> None:
    """Kazakh, Kyrgyz and Tajik in Cyrillic with their own letters, Turkmen and Uzbek in Latin."""
    letters = {"KZ": "ӘғқңөұүһіҚ", "KG": "үөң", "TJ": "ҷҶӣӯҳғ", "TM": "ýçňş", "UZ": "ʻ"}
    for state, own in letters.items():
        names = "".join(player.name + player.post for player in PLAYERS if player.agency.startswith(state))
        assert set(names) & set(own), state
    scripts = set(PersonName.objects.values_list("script", flat=True))
    assert scripts == {Script.CYRILLIC, Script.LATIN}


def test_every_state_of_a_request() -> None:
    """At least one request stands in each, in both directions and between more than one pair of states."""
    assert set(requests().values_list("state", flat=True)) == set(RequestState)
    pairs = set(requests().values_list("requesting_state", "requested_state"))
    assert {("KG", "UZ"), ("UZ", "KG"), ("KZ", "TM"), ("TJ", "KZ"), ("KZ", "KG")} <= pairs


def test_every_state_of_a_share() -> None:
    """Waiting, sent back, open, declined, cancelled, revoked, and one whose day is over."""
    assert set(Share.objects.values_list("state", flat=True)) == set(ShareState) - {ShareState.EXPIRED}
    assert Share.objects.filter(state=ShareState.APPROVED, ends_at__lt=timezone.now()).exists()


def test_every_kind_of_item_and_real_papers() -> None:
    """Items of each kind; each PDF opens and says that it is an exercise, each picture is one."""
    assert set(CaseItem.objects.unscoped("a test").values_list("kind", flat=True)) == set(CaseItem.Kind)
    assert {"application/pdf", "image/png"} <= set(Document.objects.values_list("media_type", flat=True))
    papers = sorted(DOCUMENTS.iterdir())
    assert len(papers) >= 8
    for paper in papers:
        if paper.suffix == ".pdf":
            text = "".join(page.extract_text() for page in PdfReader(paper).pages)
            assert "УЧЕНИЯ · EXERCISE" in text and len(text) > 300, paper.name
        else:
            with Image.open(paper) as picture:
                picture.load()
                assert picture.width >= 1000, paper.name


def test_each_paper_is_drawn_from_a_source() -> None:
    """No binary without the file that it was made from."""
    sources = Path(__file__).resolve().parents[2] / "tools" / "papers"
    drawn = {source.stem for source in sources.glob("*.typ")} - {"form"}
    assert {paper.stem for paper in DOCUMENTS.iterdir()} == drawn


def test_history_lies_in_the_past() -> None:
    """Ten months of it, no two steps of a request at one moment, and nothing happened at the moment of loading."""
    now = timezone.now()
    moments = list(RequestEvent.objects.order_by("at").values_list("at", flat=True))
    assert now - moments[0] > timedelta(days=270)
    assert now - moments[-1] > timedelta(hours=4)
    for pk in requests().values_list("pk", flat=True):
        at = RequestEvent.objects.filter(request=pk).values_list("at", flat=True)
        assert len(set(at)) == len(at)
    for model, field in ((Case.objects.unscoped("a test"), "created_at"), (AuditEvent.objects.all(), "at")):
        assert model.order_by(f"-{field}").values_list(field, flat=True)[0] < now - timedelta(hours=4)


def test_history_has_comments_numbers_and_delays() -> None:
    """Returned with comments, asked about, late; the numbers of both journals stand with each that crossed."""
    names = set(RequestEvent.objects.values_list("name", flat=True)) - {"create"}
    assert names >= set(BY_NAME) - {"return_from_authority", "send_back"}
    whole = requests().get(title="Пересечения границы и показания сменного водителя")
    assert whole.comments.exclude(answer="").exists() and whole.rounds.exclude(sent_at=None).exists()
    assert set(whole.numbers.values_list("direction", flat=True)) == {"outgoing", "incoming"}
    events = dict(whole.events.values_list("name", "at"))
    assert working_days(events["transmit"], events["close"], ZONE) > 100
    late = requests().get(title="Соединения абонентского номера, найденного у водителя")
    assert late.assignments.get().target_date < timezone.localdate()
    assert PaperRequest.objects.count() == 2


def test_only_parties_are_designated() -> None:
    """Turkmenistan is no party to Chisinau, and its requests rest on Minsk."""
    assert not Designation.objects.filter(agency__state="TM", basis="chisinau-2002").exists()
    assert set(requests().filter(requested_state="TM").values_list("basis", flat=True)) == {"minsk-1993"}
    assert not Designation.objects.filter(source="").exists()


def test_nobody_sees_more_than_the_services_gave(stage: Stage) -> None:
    """Grants are what ownership, shares and requests give; those who run the portal see nothing."""
    call_command("check_grants")
    for role, agency in (("platform_admin", "ORG-SEC"), ("auditor", "ORG-SEC"), ("observer", "ORG-OBS")):
        person = stage.who(role, agency)
        assert not Case.objects.visible_to(person).exists()
        assert not AssistanceRequest.objects.visible_to(person).exists()
    assert not Case.objects.visible_to(stage.who("agency_admin")).exists()


def test_need_to_know(stage: Stage) -> None:
    """The case about the mediator is seen by the people named in it, and by no colleague."""
    named = Case.objects.unscoped("a test").get(need_to_know=True)

    def sees(role: str, number: int = 0) -> bool:
        return Case.objects.visible_to(stage.who(role, number=number)).filter(pk=named.pk).exists()

    assert [sees(role) for role in ("officer", "supervisor", "liaison")] == [True] * 3
    assert [sees("officer", 1), sees("ca_officer"), sees("ca_signatory")] == [False] * 3


def test_what_crossed_names_its_addressee() -> None:
    """A transmitted version says to whom it went."""
    crossed = RequestVersion.objects.filter(series=RequestVersion.Series.TRANSMITTED)
    authorities = {row.content["requested_authority"]["code"] for row in crossed}
    assert authorities == {"UZ-GPO", "TM-GPO", "KG-GPO", "KZ-GPO"}


def test_the_past_is_read_and_its_mail_has_gone(stage: Stage) -> None:
    """The bell has what is new of the last days; no mail of months ago waits to be sent."""
    assert not Outbox.objects.filter(done_at=None).exists()
    assert not Mail.objects.filter(done_at=None).exists()
    old = stage.ago(READ_AFTER + 1, "00:00")
    assert not Notification.objects.filter(created_at__lt=old, read_at=None).exists()
    assert Notification.objects.filter(person=stage.who("supervisor"), read_at=None).exists()


def test_every_role_has_something_to_do() -> None:
    """What the guided paths lead to is there."""
    states = Counter(requests().filter(drafting_agency__code="KG-GPO").values_list("state", flat=True))
    assert {"draft", "returned", "domestic_review", "at_central_authority", "info_requested"} <= set(states)
    assert states["at_central_authority"] == 2
    incoming = set(requests().filter(receiving_authority__code="KG-GPO").values_list("state", flat=True))
    assert {"transmitted", "acknowledged", "under_review", "results_reported"} <= incoming
    assert Application.objects.filter(state="pending").count() == 2
    assert Invitation.objects.count() >= 1 and RoleProposal.objects.filter(state="pending").count() == 1


def test_owners_can_read_who_looked(stage: Stage) -> None:
    """Readings and downloads by other agencies stand in the log, with the share through which they came."""
    rifle = stage.items["rifle"]
    seen = AuditEvent.objects.filter(subject_id=rifle.pk, name="item.read")
    assert set(seen.values_list("agency", flat=True)) == {"UZ-MIA", "UZ-GPO"}
    assert AuditEvent.objects.filter(name="item.download").exists()
    text = browser(stage.who("officer")).get(f"/cases/{rifle.case_id}/items/{rifle.pk}/").content.decode()
    assert stage.who("officer", "UZ-MIA").name in text


# What each guided path opens first, by the words of the desk.
OPENED = {
    Role.OFFICER: ("Write the answer", "Mend the returned draft: 2 comments", "Assess the response and close"),
    Role.SUPERVISOR: ("Review the draft",),
    Role.CA_SIGNATORY: ("Sign",),
    Role.CA_OFFICER: (
        "Transmit",
        "Acknowledge receipt",
        "Start review",
        "Review, accept and assign",
        "Assess the results and send the response",
    ),
    Role.LIAISON: ("Decide on a share",),
    Role.AGENCY_ADMIN: ("Confirm a role",),
    Role.PLATFORM_ADMIN: ("Approve a new agency",),
}


def test_each_guided_path_begins_on_the_desk(settings: Any) -> None:
    """What its steps say to open stands on the desk of the person who plays it."""
    settings.EXERCISE = "Saffron Crate"
    User.objects.update(language="en")
    for path in guide.paths(None):
        assert path.part is not None
        text = browser(User.objects.get(pk=path.part.account)).get("/").content.decode()
        for words in OPENED[path.role]:
            assert f">{words}</a>" in text, (path.role, words)
