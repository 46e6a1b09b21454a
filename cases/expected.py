"""Which grant rows there must be, told from what gives them, and how the rows that there are differ from that.

The grants are a copy, written by services: of who owns a case, who is named in it, what is shared. This module reads
the originals and compares, in the database, one statement a table. An app tells its own rows with `register`, so that
this app need not know it: see mla/expected.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import connection, models

from cases.access import bind, view_permission_id
from cases.grants import grant_model
from cases.models import Case, CaseItem

Holder = Literal["group", "person"]


@dataclass(frozen=True, slots=True)
class Expected:
    """Rows that one table of grants must hold, as a select of eight columns; several parts make a table's whole.

    `holder` (a group or a person), `agency` (null for a group), `record`, `source`, `share` (or null), `expires_at`,
    `sort_at`, and `needed`: false for a row that may be there, or be gone. `:now` is the moment of asking.
    """

    record: type[models.Model]
    holder: Holder
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: codes, references, people and moments, nothing of what a record says."""

    # "missing", "extra" or "wrong"
    problem: str
    record: str
    reference: str
    agency: str
    person: str
    source: str
    share: str
    # Of a wrong row: column, (what it holds, what it should).
    columns: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)


DIFFERENCES = """
    with due as ({due}),
    held as (
        select g.{holder}_id as holder, {agency} as agency, g.content_object_id as record, g.source, {share} as share,
               g.expires_at, g.sort_at, g.permission_id
          from {grants} g
    )
    select case when held.record is null then 'missing' when due.record is null then 'extra' else 'wrong' end,
           record.reference,
           coalesce(agency.code, ''),
           coalesce(person.email, ''),
           coalesce(due.source, held.source),
           coalesce(share.reference, share.via_reference, ''),
           (select codename from auth_permission p where p.id = held.permission_id),
           (select code from agencies_agency a where a.id = held.agency),
           (select code from agencies_agency a where a.id = due.agency),
           held.expires_at, due.expires_at, held.sort_at, due.sort_at
      from due
      full join held on due.holder = held.holder and due.record = held.record and due.source = held.source
                    and coalesce(due.share::text, '') = coalesce(held.share::text, '')
      join {records} record on record.id = coalesce(due.record, held.record)
      left join agencies_agency agency on {at}
      left join accounts_user person on {who}
      left join cases_share share on share.id = coalesce(due.share, held.share)
     where case
               when held.record is null then due.needed
               when due.record is null then true
               else held.permission_id <> :permission
                    or held.agency is distinct from due.agency
                    or held.expires_at is distinct from due.expires_at
                    or held.sort_at <> due.sort_at
           end
     order by record.reference, 3, 4, 5, 6
"""

# A row of the owner's side: the owner agency, or in a need-to-know case who is named there, for their agency.
BY_OWNERSHIP = """
    select owner.group_id as holder, null::uuid as agency, record.id as record, 'ownership' as source,
           null::uuid as share, null::timestamptz as expires_at, record.created_at as sort_at, true as needed
"""
BY_NAME = """
    select member.person_id as holder, member.agency_id as agency, record.id as record, 'named' as source,
           null::uuid as share, null::timestamptz as expires_at, record.created_at as sort_at, true as needed
"""

CASES_OF_AGENCIES = f"""
    {BY_OWNERSHIP}
      from cases_case record
      join agencies_agency owner on owner.id = record.owner_id
     where not record.need_to_know
"""
CASES_OF_PEOPLE = f"""
    {BY_NAME}
      from cases_case record
      join cases_casemember member on member.case_id = record.id
     where record.need_to_know
"""
# Only an approved share gives: one that was revoked, declined or cancelled has no rows. Once it has ended its rows
# give nothing, and may be swept. What a step of a request shared is told by the app that knows requests.
ITEMS_OF_AGENCIES = f"""
    {BY_OWNERSHIP}
      from cases_caseitem record
      join cases_case c on c.id = record.case_id
      join agencies_agency owner on owner.id = c.owner_id
     where not c.need_to_know
    union all
    select recipient.group_id, null, record.id, 'share', share.id, share.ends_at, record.created_at,
           share.ends_at is null or share.ends_at > :now
      from cases_shareitem chosen
      join cases_share share on share.id = chosen.share_id
      join cases_caseitem record on record.id = chosen.item_id
      join agencies_agency recipient on recipient.id = share.recipient_id
     where chosen.approved and share.state = 'approved' and share.via_request is null
"""
ITEMS_OF_PEOPLE = f"""
    {BY_NAME}
      from cases_caseitem record
      join cases_case c on c.id = record.case_id
      join cases_casemember member on member.case_id = c.id
     where c.need_to_know
"""

_parts: list[Expected] = []


def register(*parts: Expected) -> None:
    """Called once by an app when it is ready."""
    _parts.extend(parts)


def findings(now: datetime) -> Iterator[Finding]:
    """Every grant row that is missing, too many or wrong at `now`, table by table."""
    tables: dict[tuple[type[models.Model], Holder], list[str]] = {}
    for part in _parts:
        tables.setdefault((part.record, part.holder), []).append(part.sql)
    for (record, holder), selects in tables.items():
        yield from _differences(Expected(record, holder, " union all ".join(selects)), now)


def _differences(part: Expected, now: datetime) -> Iterator[Finding]:
    grants = grant_model(part.record, part.holder)
    columns = {column.name for column in grants._meta.concrete_fields}
    to_group = part.holder == "group"
    sql = DIFFERENCES.format(
        due=part.sql,
        holder="group" if to_group else "user",
        agency="null::uuid" if to_group else "g.agency_id",
        share="g.share_id" if "share" in columns else "null::uuid",
        grants=grants._meta.db_table,
        records=part.record._meta.db_table,
        at="agency.group_id = coalesce(due.holder, held.holder)"
        if to_group
        else "agency.id = coalesce(due.agency, held.agency)",
        who="false" if to_group else "person.id = coalesce(due.holder, held.holder)",
    )
    sql, params = bind(sql, {"now": now, "permission": view_permission_id(part.record)})
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for row in cursor:
            yield _finding(part, f"view_{part.record._meta.model_name}", row)


def _finding(part: Expected, codename: str, row: tuple[Any, ...]) -> Finding:
    problem, reference, agency, person, source, share, held_codename, *pairs = row
    compared = {"permission": (held_codename, codename)}
    for name, held, due in zip(("agency", "expires_at", "sort_at"), pairs[::2], pairs[1::2], strict=True):
        compared[name] = (_text(held), _text(due))
    return Finding(
        problem=problem,
        record=part.record._meta.model_name,
        reference=reference,
        agency=agency,
        person=person,
        source=source,
        share=share,
        columns={name: pair for name, pair in compared.items() if pair[0] != pair[1]} if problem == "wrong" else {},
    )


def _text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else value


register(
    Expected(Case, "group", CASES_OF_AGENCIES),
    Expected(Case, "person", CASES_OF_PEOPLE),
    Expected(CaseItem, "group", ITEMS_OF_AGENCIES),
    Expected(CaseItem, "person", ITEMS_OF_PEOPLE),
)
