"""How states and steps look, and how long something has been held."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.workdays import is_working
from mla.policies import Verdict
from mla.workflow import RequestState as S
from mla.workflow import Way

# Tone and icon of each state; the words are the state's own label.
LOOK: dict[str, tuple[str, str]] = {
    S.DRAFT: ("own", "pencil"),
    S.DOMESTIC_REVIEW: ("own", "user-check"),
    S.RETURNED: ("own", "arrow-back-up"),
    S.AT_CENTRAL_AUTHORITY: ("own", "building-bank"),
    S.TRANSMITTED: ("wire", "send"),
    S.ACKNOWLEDGED: ("wire", "mail-opened"),
    S.UNDER_REVIEW: ("wire", "list-search"),
    S.INFO_REQUESTED: ("attention", "help-circle"),
    S.ACCEPTED: ("wire", "circle-check"),
    S.IN_EXECUTION: ("wire", "progress"),
    S.RESULTS_REPORTED: ("own", "checklist"),
    S.RESPONSE_SENT: ("good", "mail-forward"),
    S.RESPONSE_RECEIVED: ("good", "inbox"),
    S.CLOSED: ("end", "archive"),
    S.WITHDRAWN: ("end", "circle-x"),
    S.DISCARDED: ("end", "trash"),
}

# How the tables of rules call a treaty, and how the reader does.
TREATY_WORDS = {
    "UNTOC": gettext_lazy("UNTOC"),
    "UNCAC": gettext_lazy("UNCAC"),
    "Chisinau": gettext_lazy("Chisinau"),
    "Minsk": gettext_lazy("Minsk"),
}
TREATY = re.compile(rf"\b({'|'.join(TREATY_WORDS)})\b")


def rule_words(rule: str) -> str:
    """A rule as the tables name it, such as 'UNTOC 18(13); Minsk 5', in the reader's language."""
    return TREATY.sub(lambda found: str(TREATY_WORDS[found[0]]), rule)


STEP_ICON = {
    "create": "pencil",
    "take_over": "user-share",
    "submit": "user-check",
    "return_to_drafter": "arrow-back-up",
    "return_from_authority": "arrow-back-up",
    "pass_on": "building-bank",
    "sign": "check",
    "transmit": "send",
    "discard": "trash",
    "acknowledge": "mail-opened",
    "start_review": "list-search",
    "ask_information": "help-circle",
    "write_answer": "file-text",
    "answer_information": "file-plus",
    "accept_and_assign": "user-share",
    "start_execution": "progress",
    "report_results": "checklist",
    "return_results": "arrow-back-up",
    "send_response": "mail-forward",
    "receive_response": "inbox",
    "send_back": "arrow-back-up",
    "close": "archive",
    "withdraw": "circle-x",
}

RESULT_LOOK = {
    "done": ("good", "check"),
    "partly": ("wire", "progress-check"),
    "not_done": ("bad", "ban"),
    "": ("neutral", "minus"),
}


def arranged(verdicts: list[Verdict], *, main: bool) -> list[tuple[Verdict, str]]:
    """Open steps in the order of their buttons, each with its kind: going on, then back, then what ends it all.

    What sends the work back or asks for more is never the filled button, which stands for going on.
    """
    found: list[tuple[Verdict, str]] = []
    for one in sorted(verdicts, key=lambda each: list(Way).index(each.transition.way)):
        first = main and not found and one.transition.way == Way.ON
        found.append((one, "danger" if one.transition.dangerous else "main" if first else ""))
    return found


def later(days: int) -> str:
    """The time since the step before, in words; empty on the same day."""
    if days == 0:
        return ""
    return ngettext("%(days)d working day later", "%(days)d working days later", days) % {"days": days}


def look(state: str) -> dict[str, str]:
    """Word, tone and icon of a state, for the badge."""
    tone, icon = LOOK[S(state)]
    return {"label": str(S(state).label), "tone": tone, "icon": icon}


def working_days(start: datetime, end: datetime, zone: ZoneInfo) -> int:
    """Days from Monday to Friday between two moments, in a zone; public holidays are not taken out."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    return sum(1 for offset in range((last - first).days) if is_working(first + timedelta(days=offset + 1)))


def held(since: datetime, now: datetime, zone: ZoneInfo) -> str:
    """How long something has been held, in words: working days, or the day on which it came when none has passed."""
    days, came = working_days(since, now, zone), since.astimezone(zone).date()
    if days == 0 and came == now.astimezone(zone).date():
        return _("since today")
    if days == 0:
        return _("since %(day)s") % {"day": date_format(came, "SHORT_DATE_FORMAT")}
    return ngettext("for %(days)d working day", "for %(days)d working days", days) % {"days": days}


def due(deadline: date | None, today: date, *, ended: bool) -> dict[str, str]:
    """A deadline in words and tone: overdue, near or far."""
    if deadline is None or ended:
        return {"tone": "plain", "text": ""}
    left = (deadline - today).days
    if left < 0:
        text = ngettext("overdue by %(days)d day", "overdue by %(days)d days", -left) % {"days": -left}
        return {"tone": "bad", "text": text}
    if left == 0:
        return {"tone": "attention", "text": _("today")}
    text = ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
    return {"tone": "attention" if left <= 7 else "plain", "text": text}
