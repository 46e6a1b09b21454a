"""Writes what can be searched of cases, items and shares, in the transaction of each change.

A text is kept as keys (cases/folding.py) in a row that says whose it is: see cases.models.SearchText. What a share
withholds is in no row that its receiver searches.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from cases.folding import keys_of
from cases.items import KINDS, Content, contents_of, fields_of
from cases.models import Case, CaseItem, SearchText, Share, ShareItem
from cases.workflow import OPENED

# What of an item is a name, or one whole number; all else that somebody wrote is text.
NAMES = frozenset(
    {"name", "surname", "patronymic", "other_names", "parents", "title", "description", "make", "model", "calibre"}
)
NUMBERS = frozenset({"serial", "personal_number", "value", "registration_number", "tax_number", "telephone"})
NOT_WRITTEN = frozenset({"media_type", "checksum"})
BATCH = 200


@dataclass(slots=True)
class Texts:
    """What is searched of one record: names and titles, numbers, and all else."""

    names: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def keys(self) -> dict[str, str]:
        """The columns of a row of keys."""
        return {
            "names": keys_of([*self.names, *self.numbers], self.numbers),
            "words": keys_of([*self.names, *self.numbers, *self.texts], self.numbers),
        }


def index_case(case: Case) -> None:
    """Write anew what a case says. The caller holds its lock, or has just made it."""
    write([_row_of_case(case)])


def index_item(item: CaseItem) -> None:
    """Write anew what an item says now."""
    write(_rows_of_items([item]))


def index_share(share: Share) -> None:
    """Write anew what a share opens, or asks to open."""
    SearchText.objects.filter(share=share).delete()
    write(_rows_of_shares([share]))


def write(rows: Iterable[SearchText]) -> None:
    """Put these rows in the place of those of the same texts."""
    SearchText.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["case", "item", "share"], update_fields=["words", "names"]
    )


def texts_of(content: Content) -> Texts:
    """What is searched of an item's content, present or frozen."""
    kind = KINDS[content["kind"]]
    found = Texts()
    _sort_in(found, kind.model, content)
    for name, model in kind.rows:
        for row in content.get(name, []):
            _sort_in(found, model, row)
    return found


def reindex(*, write_them: bool = True) -> int:
    """Compare all rows with what they are made of, and write those that differ; return how many did."""
    differ = 0
    ids = list(Case.objects.unscoped("the search index is made of every record").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            differ += _reindex(ids[start : start + BATCH], write_them=write_them)
    return differ


def _reindex(ids: list[Any], *, write_them: bool) -> int:
    # Locked, so that a change that is under way is seen whole or comes after.
    cases = list(
        Case.objects.unscoped("the search index is made of every record")
        .filter(pk__in=ids)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    items = CaseItem.objects.unscoped("the search index is made of every record").filter(case__in=ids)
    shares = Share.objects.filter(case__in=ids)
    rows = [
        *map(_row_of_case, cases),
        *_rows_of_items(items.order_by("pk").select_for_update(no_key=True)),
        *_rows_of_shares(shares),
    ]
    due = {_place(row): row for row in rows}
    held = {_place(row): row for row in SearchText.objects.filter(case__in=ids).defer("vector")}
    wrong = [row for place, row in due.items() if place not in held or _said(held[place]) != _said(row)]
    extra = [row.pk for place, row in held.items() if place not in due]
    if write_them:
        SearchText.objects.filter(pk__in=extra).delete()
        write(wrong)
    return len(wrong) + len(extra)


def _place(row: SearchText) -> tuple[Any, ...]:
    return row.case_id, row.item_id, row.share_id


def _said(row: SearchText) -> tuple[str, str]:
    return row.words, row.names


def _row_of_case(case: Case) -> SearchText:
    texts = Texts([case.title], [case.reference, case.proceedings_number], [case.offences])
    return SearchText(case_id=case.pk, **texts.keys())


def _rows_of_items(items: Iterable[CaseItem]) -> Iterator[SearchText]:
    items = list(items)
    contents = contents_of(items)
    for item in items:
        yield SearchText(case_id=item.case_id, item_id=item.pk, **_keys_of_item(item, contents[item.pk]))


def _rows_of_shares(shares: Iterable[Share]) -> Iterator[SearchText]:
    by_id = {share.pk: share for share in shares}
    for share in by_id.values():
        texts = Texts(numbers=[share.reference or "", share.via_reference], texts=[share.purpose])
        yield SearchText(case_id=share.case_id, share_id=share.pk, **texts.keys())
    for row in ShareItem.objects.filter(share__in=by_id).select_related("item"):
        share = by_id[row.share_id]
        if row.approved or share.state not in OPENED:
            yield SearchText(
                case_id=share.case_id, item_id=row.item_id, share_id=share.pk, **_keys_of_item(row.item, row.content)
            )


def _keys_of_item(item: CaseItem, content: Content) -> dict[str, str]:
    texts = texts_of(content)
    texts.numbers.append(item.reference)
    return texts.keys()


def _sort_in(found: Texts, model: type[models.Model], values: Content) -> None:
    # A name first, whatever the order of its form: a surname beside its patronymic is nearer to a slip of the pen.
    for column in sorted(fields_of(model), key=lambda column: column.name != "name"):
        text = values.get(column.name)
        if not isinstance(text, str) or column.choices or column.name in NOT_WRITTEN:
            continue
        kind = found.names if column.name in NAMES else found.numbers if column.name in NUMBERS else found.texts
        kind.append(text)
