"""Which grant rows of requests there must be: told from the request's bodies, for `manage.py check_grants`."""

from cases.expected import BY_NAME, BY_OWNERSHIP, Expected, register
from mla.models import AssistanceRequest

# The bodies of a request that see it, each from the step that makes it one: the drafting agency from creation, the
# sending authority from when the request is passed on to it, the receiving one from transmission, the executing
# agency from assignment until it is given to another.
#
# A need-to-know case stays so in its own agency: there the named people draft, and when that agency is the sending
# authority too, the people who held its roles when the request was passed on see it by name. Roles come and go
# afterwards, so that such a row may be there or not; all else about it is checked.
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
    select authority.group_id, null, record.id, 'requested', null, null, record.created_at, true
      from mla_assistancerequest record
      join agencies_agency authority on authority.id = record.receiving_authority_id
    union all
    select executor.group_id, null, record.id, 'assignment', null, null, record.created_at, true
      from mla_assignment assignment
      join mla_assistancerequest record on record.id = assignment.request_id
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
    select distinct membership.user_id, membership.agency_id, record.id, 'central_authority', null::uuid,
                    null::timestamptz, record.created_at, false
      from mla_assistancerequest record
      join cases_case c on c.id = record.case_id
      join agencies_membership membership on membership.agency_id = record.sending_authority_id
      join agencies_roleassignment role on role.membership_id = membership.id
     where c.need_to_know and record.sending_authority_id = c.owner_id and role.role in ('ca_officer', 'ca_signatory')
"""


def register_expected() -> None:
    """Called once, when the app is ready."""
    register(
        Expected(AssistanceRequest, "group", REQUESTS_OF_AGENCIES),
        Expected(AssistanceRequest, "person", REQUESTS_OF_PEOPLE),
    )
