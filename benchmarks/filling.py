"""Fills an empty database: 200 agencies, cases, items and requests, and about four grants for each, in SQL.

Three agencies are measured: one sees 50 records of each kind, one 2 %, one half. The other 197 share the rest. One
grant in twenty has expired, one in ten is a second row for the same agency, and everybody is named in ten records.

The newest requests are open, the others closed, and the first agency sends those that are given to it.

Each request has a number in a journal: where the first agency owns it, in that agency's, with every fortieth of the
others, which its people do not see, and some requests on paper.
"""

import contextlib
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from agencies.models import Agency, Role
from agencies.services import add_member, create_agency, give_role
from cases.folding import keys_of
from tests.databases import connect
from tests.factories import state

AGENCIES = 200
SEES = ("half", "2 %", "50")
NAMED = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """A guarded model: its tables, and how many there are of it for each case."""

    name: str
    label: str
    letter: str
    table: str
    grants: str
    share_of_cases: float


KINDS = (
    Kind("case", "cases.Case", "C", "cases_case", "cases_case{}grant", 1),
    Kind("item", "cases.CaseItem", "I", "cases_caseitem", "cases_item{}grant", 0.5),
    Kind("request", "mla.AssistanceRequest", "R", "mla_assistancerequest", "mla_request{}grant", 1),
)

# So many of the requests are still open, the newest; one in so many of those waits for the first agency.
OPEN, WAITS = 2_000, 10

# One record in twenty minutes, the oldest first: rows stand on the disk in the order in which they came.
NUMBERED = """
    select n, gen_random_uuid() as id, now() - (%(rows)s - n) * interval '20 minutes' as at,
           (%(agencies)s::uuid[])[1 + n %% array_length(%(agencies)s, 1)] as agency
      from generate_series(1, %(rows)s) n
"""
RECORDS = {
    "case": f"""
        insert into cases_case (id, reference, owner_id, title, proceedings_number, offences, need_to_know,
                                created_by_id, created_at, version)
        select id, 'C-' || n, agency, 'Case of the invented wares ' || n, n || '-2026',
               repeat('Smuggling of invented wares, art. 204. ', 5), n %% 50 = 0, %(person)s, at, 1
          from ({NUMBERED}) numbered
    """,
    "item": f"""
        insert into cases_caseitem (id, case_id, owner_id, kind, reference, created_by_id, created_at, version)
        select numbered.id, c.id, c.owner_id, 'note', 'I-' || n, %(person)s, at, 1
          from ({NUMBERED}) numbered join cases_case c on c.reference = 'C-' || n
    """,
    "request": f"""
        insert into mla_assistancerequest (
            id, reference, case_id, state, asked_from, drafter_id, drafting_agency_id, requesting_state_id,
            requested_state_id, title, basis, basis_reason, conducted_by, offence, statute, damage, facts, purpose,
            procedure, deadline_reason, confidential, confidentiality_reason, original_required, outcome,
            created_at, requesting_clock, requested_clock, deadline, requesting_moved_at)
        select numbered.id, 'R-' || n, c.id,
               case when n > %(rows)s - {OPEN}
                    then (array['draft', 'at_central_authority', 'under_review', 'in_execution'])[1 + n %% 4]
                    else 'closed' end, '', %(person)s, c.owner_id, 'KG', 'UZ',
               'Hearing of an invented witness ' || n, 'chisinau-2002', '', 'Investigation department',
               'Smuggling, art. 204', '', '', repeat('Wares were carried past customs. ', 20), 'Evidence',
               '', '', false, '', false, '', at, 1, 0, (at + interval '40 days')::date, at + interval '5 hours'
          from ({NUMBERED}) numbered join cases_case c on c.reference = 'C-' || n
    """,
}
EVENTS = """
    insert into mla_requestevent (id, request_id, at, name, side, acting_side, actor_id, actor_agency_id, from_state,
                                  to_state, text, content_sha256, ticks)
    select gen_random_uuid(), r.id, r.created_at + k * interval '1 hour', 'submit', 'requesting', 'requesting',
           r.drafter_id, r.drafting_agency_id, 'draft', 'domestic_review', '', '', '[]'
      from mla_assistancerequest r, generate_series(1, 2) k
"""
# What can be searched: the same words in all, a word of its own in each, one in seven with an automobile, and one in a
# thousand with a name. States and deadlines are mixed as they would be.
OWN_WORDS = """
    ' n' || substr(reference, 3)
    || case when substr(reference, 3)::int %% 7 = 0 then ' avtomobil' else '' end
    || case when substr(reference, 3)::int %% 1000 = 0 then ' kasimov ruslan' else '' end
"""
TEXTS = f"""
    insert into cases_searchtext (case_id, words, names)
    select id, %(case)s || {OWN_WORDS}, {OWN_WORDS} from cases_case
"""
FACES = f"""
    insert into mla_requestface (request_id, side, own_state_id, other_state_id, state, holder_id, basis, deadline,
                                 sort_at, words, names)
    select id, 'requesting', requesting_state_id, requested_state_id,
           (array['draft', 'draft', 'transmitted', 'in_execution', 'closed'])[1 + substr(reference, 3)::int %% 5],
           drafting_agency_id, basis, current_date + (substr(reference, 3)::int %% 200 - 100), created_at,
           %(request)s || {OWN_WORDS}, {OWN_WORDS}
      from mla_assistancerequest
"""
WRITTEN = {
    "case": ["Case of the invented wares", "Smuggling of invented wares, art. 204."],
    "request": ["Hearing of an invented witness", "Wares were carried past customs.", "Smuggling, art. 204"],
}
# The first agency is the sending authority of the requests that are given to it, some of them since expired: not
# all that is its work is on its desk.
SENT = """
    update mla_assistancerequest r
       set sending_authority_id = %(half)s,
           state = case when r.state <> 'closed' and substr(r.reference, 3)::int %% %(waits)s = 0
                        then 'response_sent' else r.state end
      from mla_requestgroupgrant owned
     where owned.content_object_id = r.id and owned.group_id = %(half_group)s and owned.source = 'ownership'
"""
LINES = """
    insert into mla_registernumber (request_id, agency_id, direction, number, date, other_state, key, search)
    select r.id, case when n %% 40 = 0 or owned.id is not null then %(half)s::uuid else r.drafting_agency_id end,
           case when n %% 3 = 0 then 'incoming' else 'outgoing' end, '14/3-' || n, r.created_at::date, 'UZ',
           '14/3-' || n, concat_ws(e'\n', '14/3-' || n, 'R-' || n, n || '-2026')
      from mla_assistancerequest r
      join lateral (select substr(r.reference, 3)::int as n) numbered on true
      left join mla_requestgroupgrant owned
             on owned.content_object_id = r.id and owned.group_id = %(half_group)s and owned.source = 'ownership'
     order by r.created_at
"""
ON_PAPER = """
    with paper as (
        insert into mla_paperrequest (id, owner_id, authority, their_number, subject, crossed_on, remark, void_reason,
                                      created_at, created_by_id, changed_at, changed_by_id, version)
        select gen_random_uuid(), %(half)s, 'Invented ministry', n || '-P', 'Invented paper ' || n,
               now() - n * interval '1 day', '', '', now(), %(person)s, now(), %(person)s, 1
          from generate_series(1, %(papers)s) n
        returning id, their_number, crossed_on
    )
    insert into mla_registernumber (paper_id, agency_id, direction, number, date, other_state, key, search)
    select id, %(half)s, 'incoming', their_number, crossed_on, 'MN', their_number, their_number from paper
"""
# One grant of one record to one group: when it ends is thrown like a die.
GROUP_GRANT = """
    insert into {grants} (permission_id, content_object_id, sort_at, group_id, source, expires_at)
    select %(permission)s, r.id, r.created_at, {group}, '{source}',
           case when random() < 0.05 then now() - interval '1 day'
                when random() < 0.25 then now() + interval '200 days' end
      from {table} r {where} on conflict do nothing
"""
PERSON_GRANT = """
    insert into {grants} (permission_id, content_object_id, sort_at, user_id, agency_id, source)
    select %(permission)s, r.id, r.created_at, desk.user_id, desk.agency_id, 'named'
      from (select user_id, agency_id, '{letter}-' || 1 + floor(random() * %(rows)s)::int as reference
              from agencies_membership, generate_series(1, %(named)s)) desk
      join {table} r on r.reference = desk.reference
        on conflict do nothing
"""


def people() -> dict[str, User]:
    """The agencies with one officer each; by what their agency sees, the three who are measured."""
    state("UZ")
    at = state("KG")
    found = {}
    for number in range(AGENCIES):
        body = create_agency(
            code=f"KG-N{number:03}",
            state=at,
            kind=Agency.Kind.CUSTOMS,
            name_en=f"Agency {number}",
            name_ru=f"Ведомство {number}",
        )
        user = User.objects.create_user(
            email=f"officer{number}@comity.example", password=None, name=f"Officer {number}"
        )
        membership = add_member(user=user, agency=body)
        give_role(membership=membership, role=Role.OFFICER)
        if number < len(SEES):
            found[SEES[number]] = user
            # Two roles: the desk of a small agency's officer, who also sends and receives.
            give_role(membership=membership, role=Role.CA_OFFICER)
    return found


def fill(cases: int) -> dict[str, User]:
    """Fill the database that the alias "owner" names, as its owner; return who is measured."""
    measured = people()
    groups = dict(Agency.objects.order_by("code").values_list("pk", "group_id"))
    some = measured["half"]
    with contextlib.closing(connect("owner")) as connection, connection.cursor() as cursor:
        cursor.execute("select setseed(0.2026)")
        for kind in KINDS:
            rows = int(cases * kind.share_of_cases)
            values = {"rows": rows, "agencies": [str(pk) for pk in groups], "person": str(some.pk)}
            cursor.execute(RECORDS[kind.name], values)
            give(cursor, kind, rows, list(groups.values()))
        cursor.execute(EVENTS)
        words = {name: keys_of(texts) for name, texts in WRITTEN.items()}
        cursor.execute(TEXTS, words)
        cursor.execute(FACES, words)
        half, half_group = next(iter(groups.items()))
        values = {"half": str(half), "half_group": half_group, "person": str(some.pk), "papers": cases // 100}
        cursor.execute(SENT, values | {"waits": WAITS})
        cursor.execute(LINES, values)
        cursor.execute(ON_PAPER, values)
        cursor.execute("vacuum analyze")
    return measured


def give(cursor: Any, kind: Kind, rows: int, groups: list[int]) -> None:
    """The grants of one kind of record."""
    cursor.execute("select id from auth_permission where codename = %s", [f"view_{kind.label.split('.')[1].lower()}"])
    values = {"permission": cursor.fetchone()[0], "others": groups[len(SEES) :], "named": NAMED, "rows": rows}
    half, some, few = (str(group) for group in groups[: len(SEES)])
    other = "(%(others)s)[1 + floor(random() * array_length(%(others)s, 1))::int]"
    table = kind.table
    for group, source, where in (
        (other, "ownership", ""),
        (other, "central_authority", ""),
        (other, "assignment", ""),
        (other, "share", "where random() < 0.45"),
        (half, "ownership", "where random() < 0.5"),
        (half, "share", "where random() < 0.05"),
        (some, "ownership", "where random() < 0.02"),
        (few, "ownership", f"where r.id in (select id from {table} order by random() limit {50 - NAMED})"),
    ):
        grants = kind.grants.format("group")
        sql = GROUP_GRANT.format(grants=grants, group=group, source=source, where=where, table=table)
        cursor.execute(sql, values)
    grants = kind.grants.format("person")
    cursor.execute(PERSON_GRANT.format(grants=grants, table=table, letter=kind.letter), values)
