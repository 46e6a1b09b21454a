"""What a share shows stays as it was frozen, whoever tries to change it."""

from contextlib import closing

import psycopg2
import pytest

from tests.cases.sharing import NOTE, Sharing, browser, fresh, frozen, text_of
from tests.databases import connect

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES = {
    "content": 'update cases_shareitem set content = \'{"kind": "note", "title": "Rewritten"}\'',
    "checksum": "update cases_shareitem set sha256 = repeat('0', 64)",
    "what stays out": "update cases_shareitem set withheld = '{}'",
    "row": "delete from cases_shareitem",
    "table": "truncate cases_shareitem cascade",
}


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("what", CHANGES)
def test_what_was_open_is_not_rewritten(db: None, what: str, alias: str) -> None:
    """Neither by the application's role nor by the owner of the table, while it is open and after."""
    it = Sharing()
    share = it.shared(it.note, withheld=("author",))
    before = frozen(share, it.note)
    with closing(connect(alias)) as rival, rival.cursor() as cursor:
        for state in ("approved", "revoked"):
            assert fresh(share).state == state
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(CHANGES[what])
            assert frozen(share, it.note) == before
            if state == "approved":
                assert NOTE["text"] in text_of(browser(it.reader).get(it.page(it.note)))
                it.decide(share, "revoke")


def test_what_waits_is_asked_for_anew(db: None) -> None:
    """Nobody has seen it: its rows are frozen anew by the one who asked, and not rewritten in place."""
    it = Sharing()
    share = it.ask()
    refused = pytest.raises(psycopg2.errors.InsufficientPrivilege)
    with closing(connect("default")) as rival, rival.cursor() as cursor, refused:
        cursor.execute(CHANGES["content"])
    it.edit({"text": "Three lorries."})
    it.again(share)
    assert frozen(share, it.note)["text"] == "Three lorries."
