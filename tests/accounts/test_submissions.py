"""A form counts once: in turn, at the same moment, refused, failed."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Submission, User
from accounts.refusals import NotAllowed
from accounts.submissions import once
from accounts.tasks import KEPT, sweep
from audit.models import AuditEvent
from audit.services import audited
from tests.factories import Line, person
from tests.racing import Act, held

pytestmark = pytest.mark.django_db(transaction=True)


class Acts:
    """Counts how often it was done, and answers with an address of its own each time."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> str:
        self.done += 1
        return f"/page/{self.done}/"


@pytest.fixture
def user() -> User:
    """Who sends the form."""
    return person()


def test_the_second_gets_the_firsts_page(user: User) -> None:
    """Done once, answered twice with the same address."""
    act, token = Acts(), uuid.uuid4()
    assert [once(person=user, token=token, act=act) for _ in range(3)] == ["/page/1/"] * 3
    assert act.done == 1


def test_without_a_token_each_counts(user: User) -> None:
    """A form that carries none is none of ours to remember."""
    act = Acts()
    assert [once(person=user, token=None, act=act) for _ in range(2)] == ["/page/1/", "/page/2/"]
    assert not Submission.objects.exists()


def test_another_persons_token_is_new(user: User) -> None:
    """Nobody gets another's page by knowing a token."""
    act, token = Acts(), uuid.uuid4()
    assert once(person=user, token=token, act=act) == "/page/1/"
    assert once(person=person(), token=token, act=act) == "/page/2/"


def test_a_refused_form_may_be_sent_again(user: User) -> None:
    """Nothing of the act remains, the refusal is on record, and the token is free."""
    token = uuid.uuid4()

    def refuse() -> str:
        with audited("test", actor=user, subject_type="case", subject_id=token):
            Submission.objects.create(token=uuid.uuid4(), person=user)
            raise NotAllowed("Not now.")

    with pytest.raises(NotAllowed):
        once(person=user, token=token, act=refuse)
    assert not Submission.objects.exists()
    assert AuditEvent.objects.get().outcome == "refused"
    assert once(person=user, token=token, act=Acts()) == "/page/1/"


def test_a_failed_form_may_be_sent_again(user: User) -> None:
    """A mistake of ours leaves the form free."""
    token = uuid.uuid4()

    def fail() -> str:
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError):
        once(person=user, token=token, act=fail)
    assert once(person=user, token=token, act=Acts()) == "/page/1/"


def test_two_at_the_same_moment(user: User) -> None:
    """The second waits for the first, then gets its page; the act is done once."""
    act, token = Acts(), uuid.uuid4()
    # Both wait here, inside their transactions or before them, until both are under way.
    slow = "lock table accounts_submission in share row exclusive mode"
    with held(slow) as wait:
        both = [Act(lambda: once(person=user, token=token, act=act)) for _ in range(2)]
        for one in both:
            one.start()
        wait(2)
    for one in both:
        one.join(20)
    assert [(one.value, one.error) for one in both] == [("/page/1/", None)] * 2
    assert act.done == 1


def test_a_step_sent_twice_at_the_same_moment(line: Line) -> None:
    """A real step: the request moves once, and both senders get the page."""
    token, version, data = uuid.uuid4(), line.clock("submit"), line.data("submit")

    def act() -> str:
        line.take("submit", version=version, **data)
        return "/requests/"

    with held("select 1 from mla_assistancerequest where id = %s for update", str(line.pk)) as wait:
        both = [Act(lambda: once(person=line.world.drafter, token=token, act=act)) for _ in range(2)]
        for one in both:
            one.start()
        wait(2)
    for one in both:
        one.join(20)
    assert [(one.value, one.error) for one in both] == [("/requests/", None)] * 2
    assert line.request.events.filter(name="submit").count() == 1
    assert not AuditEvent.objects.filter(outcome="refused").exists()


def test_old_sendings_are_swept(db: None) -> None:
    """After a month, and not before: until then the second sending of a form gets the first one's page."""
    user, tokens = person(), [uuid.uuid4(), uuid.uuid4()]
    for token in tokens:
        once(person=user, token=token, act=lambda: "/first/")
    month = timezone.now() - KEPT
    Submission.objects.filter(pk=uuid.uuid5(tokens[0], str(user.pk))).update(at=month - timedelta(hours=1))
    Submission.objects.filter(pk=uuid.uuid5(tokens[1], str(user.pk))).update(at=month + timedelta(hours=1))
    assert sweep() == 1 and sweep() == 0
    assert once(person=user, token=tokens[1], act=lambda: "/second/") == "/first/"
