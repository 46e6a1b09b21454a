"""A decision that came too late: the liaison officer is told, and finds the reason that they typed."""

import pytest
from django.urls import reverse

from cases.services import decide_share
from tests.cases.sharing import Sharing, browser, text_of, token

pytestmark = pytest.mark.django_db
TYPED = "A reason of many words."


@pytest.fixture
def it() -> Sharing:
    """A case with a note, its officers and a receiving agency."""
    return Sharing()


@pytest.mark.parametrize(("name", "by"), [("cancel", "officer"), ("approve", "liaison")])
@pytest.mark.parametrize("decision", ["decline", "approve"])
def test_what_was_typed_is_shown(it: Sharing, name: str, by: str, decision: str) -> None:
    """Cancelled by the asker, or approved in another window: nothing is decided twice, nothing typed is lost."""
    share = it.ask(it.note)
    typed = {"decision": decision, "reason": TYPED, "version": share.version, "token": token(), "until": share.until}
    typed |= {"items": [str(row.item_id) for row in share.share_items.all()], "looked": "on"}
    decide_share(actor=getattr(it, by), pk=share.pk, name=name, version=share.version, reason="Meanwhile.")
    share.refresh_from_db()
    before = share.state
    answer = browser(it.liaison).post(reverse("shares:decide", args=[share.pk]), typed)
    share.refresh_from_db()
    assert answer.status_code == 409 and share.state == before
    assert "moved on" in text_of(answer) and TYPED in text_of(answer)
