"""Which grant rows requests give: their own, and those of the items that cross with them. For `check_grants`."""

from cases.expected import BY_NAME, BY_OWNERSHIP, Expected, register
from cases.models import CaseItem
from mla.models import AssistanceRequest

# The bodies of a request that see it, each from the step that makes it one: the drafting agency from creation, the
# sending authority from when the request is passed on to it, the receiving one from transmission, the executing
# agency from assignment until it is given to another.
#
# A need-to-know case stays so in its own agency: there the named people draft, and when that agency is the sending
# authority too, the people who held its roles when the request was passed on see it by name. Roles come and go
# afterwards, so that such a row may be there or not; all else about it is checked.
# Joined after the request's case, c.
OWN_AUTHORITY = """
      join (select distinct membership.user_id, membership.agency_id
              from agencies_membership membership
              join agencies_roleassignment role on role.membership_id = membership.id
             where role.role in ('ca_officer', 'ca_signatory')) authority
        on authority.agency_id = request.sending_authority_id and authority.agency_id = c.owner_id and c.need_to_know
"""
# When a request came to the requested side. Its agencies list it by that: when it was begun is the other side's own.
CAME = """
      join mla_requestversion came on came.request_id = record.id and came.series = 'transmitted' and came.number = 1
"""
REQUESTS_OF_AGENCIES = f"""
    {BY_OWNERSHIP.replace("'ownership'", "'drafter'")}
      from mla_assistancerequest record
      join cases_case c on c.id = record.case_id
      join agencies_agency owner on owner.id = record.drafting_agency_id
     where not c.need_to_know
    union all
    select authority.group_id, null, record.id, 'central_authority', null, null, record.created_at, true
      from mla_assistancerequest record
      join cases_case c on c.id = record.case_id
      join agencies_agency authority on authority.id = record.sending_authority_id
     where not (c.need_to_know and authority.id = c.owner_id)
    union all
    select authority.group_id, null, record.id, 'requested', null, null, came.frozen_at, true
      from mla_assistancerequest record
      {CAME}
      join agencies_agency authority on authority.id = record.receiving_authority_id
    union all
    select executor.group_id, null, record.id, 'assignment', null, null, came.frozen_at, true
      from mla_assignment assignment
      join mla_assistancerequest record on record.id = assignment.request_id
      {CAME}
      join agencies_agency executor on executor.id = assignment.agency_id
     where assignment.ended_at is null
"""
REQUESTS_OF_PEOPLE = f"""
    {BY_NAME}
      from mla_assistancerequest record
      join cases_case c on c.id = record.case_id
      join cases_casemember member on member.case_id = c.id
     where c.need_to_know
    union all
    select authority.user_id, authority.agency_id, request.id, 'central_authority', null, null,
           request.created_at, false
      from mla_assistancerequest request
      join cases_case c on c.id = request.case_id
      {OWN_AUTHORITY}
"""
# An item that a step shared goes to the recipient's group for as long as the share stands; but an answer that comes
# to the agency that keeps the case need-to-know goes to the people who see the request there.
CROSSED = """
      from cases_shareitem chosen
      join cases_share share on share.id = chosen.share_id and chosen.approved and share.state = 'approved'
      join cases_caseitem record on record.id = chosen.item_id
      join mla_assistancerequest request on request.id = share.via_request
      join cases_case c on c.id = request.case_id
"""
KEPT_CLOSE = "(c.need_to_know and share.recipient_id = request.drafting_agency_id)"
LASTS = "'share', share.id, share.ends_at, record.created_at, share.ends_at is null or share.ends_at > :now"
ITEMS_OF_AGENCIES = f"""
    select recipient.group_id, null, record.id, {LASTS}
      {CROSSED}
      join agencies_agency recipient on recipient.id = share.recipient_id
     where not {KEPT_CLOSE}
"""
ITEMS_OF_PEOPLE = f"""
    select member.person_id, member.agency_id, record.id, {LASTS}
      {CROSSED}
      join cases_casemember member on member.case_id = c.id
     where {KEPT_CLOSE}
    union all
    select authority.user_id, authority.agency_id, record.id, 'share', share.id, share.ends_at, record.created_at, false
      {CROSSED}
      {OWN_AUTHORITY}
     where {KEPT_CLOSE}
       and not exists (select from cases_casemember m where m.case_id = c.id and m.person_id = authority.user_id)
    union all
    select distinct authority.user_id, authority.agency_id, item.id, 'central_authority', null::uuid,
                    null::timestamptz, item.created_at, false
      from mla_requestitem attached
      join cases_caseitem item on item.id = attached.item_id
      join mla_assistancerequest request on request.id = attached.request_id
      join cases_case c on c.id = request.case_id
      {OWN_AUTHORITY}
     where attached.role = 'attachment'
"""


def register_expected() -> None:
    """Called once, when the app is ready."""
    register(
        Expected(AssistanceRequest, "group", REQUESTS_OF_AGENCIES),
        Expected(AssistanceRequest, "person", REQUESTS_OF_PEOPLE),
        Expected(CaseItem, "group", ITEMS_OF_AGENCIES),
        Expected(CaseItem, "person", ITEMS_OF_PEOPLE),
    )
