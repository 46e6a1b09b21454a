"""Work handed over: an admin proposes and sees a number; an officer of the agency accepts, or declines."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.refusals import Incomplete, MovedOn, NotAllowed
from agencies.models import Handover, Membership, Role
from agencies.services import end_membership, end_role
from agencies.services.handovers import decide_handover, hand_over, receivers, was_handed, withdraw_handover
from audit.models import AuditEvent
from notifications.models import Outbox
from tests.agencies.offices import Office
from tests.factories import agency, member, person


@pytest.fixture
def office(db: None) -> Office:
    """Two agency admins, an officer, three platform admins."""
    return Office()


def handed(office: Office, **more: object) -> Handover:
    """The officer's work for another officer."""
    receiver = more.pop("receiver", None) or person(office.agency, Role.OFFICER)
    return hand_over(
        actor=more.get("by", office.admin),
        giver_id=office.membership(office.officer).pk,
        receiver_id=office.membership(receiver).pk,
    )


def test_proposed_accepted(office: Office) -> None:
    """The receiver is asked, the admin is told."""
    row = handed(office)
    receiver = row.receiver.user
    assert Outbox.objects.get(event="work.hand_over").person == receiver
    begun = timezone.now()
    assert not was_handed(office.officer, receiver, office.agency.pk, begun=begun)
    decide_handover(actor=receiver, pk=row.pk, approve=True)
    assert was_handed(office.officer, receiver, office.agency.pk, begun=begun)
    assert not was_handed(receiver, office.officer, office.agency.pk, begun=begun)
    assert not was_handed(office.officer, receiver, office.agency.pk, begun=timezone.now()), "begun since"
    assert Outbox.objects.get(event="work.accept").person == office.admin
    assert AuditEvent.objects.get(name="work.accept").facts == {"person": str(office.officer.pk)}


def test_declined_or_taken_back(office: Office) -> None:
    """With a reason; then somebody else can be asked."""
    row = handed(office)
    with pytest.raises(Incomplete):
        decide_handover(actor=row.receiver.user, pk=row.pk, approve=False)
    decide_handover(actor=row.receiver.user, pk=row.pk, approve=False, reason="I leave too.")
    row = handed(office)
    with pytest.raises(MovedOn):
        handed(office)
    withdraw_handover(actor=office.admin, pk=row.pk)
    with pytest.raises(MovedOn):
        decide_handover(actor=row.receiver.user, pk=row.pk, approve=True)
    assert handed(office).is_pending


def test_only_the_receiver_decides(office: Office) -> None:
    """Not the admin, not the giver, not another officer; only who proposed takes back."""
    row = handed(office)
    for user in (office.admin, office.other_admin, office.officer, person(office.agency, Role.OFFICER)):
        with pytest.raises(Handover.DoesNotExist):
            decide_handover(actor=user, pk=row.pk, approve=True)
    for user in (office.other_admin, row.receiver.user):
        with pytest.raises(Handover.DoesNotExist):
            withdraw_handover(actor=user, pk=row.pk)


def test_to_whom(office: Office) -> None:
    """To another officer of the same agency who works there now."""
    giver = office.membership(office.officer)
    good = person(office.agency, Role.OFFICER)
    person(office.agency, Role.SUPERVISOR)
    person(agency("KG-GPO"), Role.OFFICER)
    left = person(office.agency, Role.OFFICER)
    end_membership(membership=left.memberships.get())
    member(good, agency("KG-GPO"), Role.OFFICER)
    assert [row.user for row in receivers(giver)] == [good]
    for other in (office.officer, left, office.admin):
        with pytest.raises(Incomplete):
            handed(office, receiver=other)


def test_of_whom(office: Office) -> None:
    """Also of somebody who has left; not of people of another agency; not one's own."""
    end_membership(membership=office.membership(office.officer))
    assert handed(office).is_pending
    for stranger in (person(agency("KG-GPO"), Role.AGENCY_ADMIN), office.platform, person(office.agency, Role.OFFICER)):
        with pytest.raises(Membership.DoesNotExist):
            handed(office, by=stranger)
    receiver = office.membership(person(office.agency, Role.OFFICER))
    with pytest.raises(NotAllowed, match="own roles"):
        hand_over(actor=office.admin, giver_id=office.membership(office.admin).pk, receiver_id=receiver.pk)


def test_who_is_no_officer_any_more_takes_nothing(office: Office) -> None:
    """The role has ended between the question and the answer."""
    row = handed(office)
    end_role(assignment=row.receiver.roles.get())
    with pytest.raises(NotAllowed, match="officer"):
        decide_handover(actor=row.receiver.user, pk=row.pk, approve=True)


def test_the_database_says_so_too(office: Office) -> None:
    """Nobody hands over to themselves, nobody decides what they proposed."""
    row = handed(office)
    for values in ({"receiver": row.giver}, {"decided_by": office.admin}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.filter(pk=row.pk).update(**values)
