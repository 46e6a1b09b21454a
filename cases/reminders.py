"""A share that is about to end: told once to who asked for it and who approved it. A house rule."""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.workdays import DAY, is_working, working_day_after
from agencies.models import Role
from agencies.standing import people_with
from cases.models import Share
from cases.workflow import ShareState
from notifications.models import Urgency
from notifications.services import remind

# Working days before a share's last day.
AHEAD = 3
# As many working days never take longer.
AT_MOST = timedelta(days=7)


def remind_of_ends(now: datetime) -> int:
    """Remind of the shares that end within three working days; returns how many people were told."""
    # The owner's own day is asked below; in UTC it is the one before, the same or the one after.
    ending = Share.objects.filter(
        state=ShareState.APPROVED, ends_at__gt=now, until__range=(now.date() - DAY, now.date() + AT_MOST)
    ).select_related("owner__state", "asked_by", "decided_by")
    return sum(_remind_of(share, now) for share in ending)


def _remind_of(share: Share, now: datetime) -> int:
    today = now.astimezone(share.owner.tz).date()
    if not is_working(today) or share.until > working_day_after(today, AHEAD):
        return 0
    asked_or_approved = [person for person in (share.asked_by, share.decided_by) if person]
    people = _seeing(asked_or_approved, share) or _seeing(people_with(Role.LIAISON, share.owner_id), share)
    # The key is its last day: one reminder of one end.
    return remind(
        event="share.ends_soon",
        people=people,
        subject_type="share",
        subject_id=share.pk,
        day=share.until,
        urgency=Urgency.NEWS,
    )


def _seeing(people: list[User], share: Share) -> list[User]:
    """Those of the people who see the share from the owner's side."""
    return [person for person in people if Share.objects.of_own_cases(person).filter(pk=share.pk).exists()]
