"""What the audit log needs to know of agencies: who reads whose events, names of agencies, who works where."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency, Membership, Role, RoleAssignment
from agencies.standing import Standing, standing_of
from audit import registry
from audit.registry import Reach


class KnownAgencies:
    """Answers the log's questions about agencies: see audit/registry.py."""

    def home_of(self, actor: User) -> str:
        """The code of the agency that stands beside the person's name now."""
        home = standing_of(actor).home
        return home.code if home else ""

    def reach_of(self, standing: Standing) -> Reach | None:
        """An auditor of the organisation that runs the portal reads all events; one of an agency, that agency's."""
        agencies = standing.agencies_where(Role.AUDITOR)
        if not agencies:
            return None
        if any(runs_the_portal(agency, standing) for agency in agencies):
            return Reach(everything=True)
        return Reach(agencies=tuple(agency.code for agency in agencies), people=_of_no_other_state(agencies))

    def choices(self, reach: Reach) -> list[tuple[str, str]]:
        """The agencies of a reach, by code."""
        found = Agency.objects.order_by("code")
        if not reach.everything:
            found = found.filter(code__in=reach.agencies)
        return [(agency.code, agency.name) for agency in found]

    def people_of(self, code: str) -> list[tuple[str, str]]:
        """Everybody who works or has worked there, by name."""
        people = User.objects.filter(memberships__agency__code=code).distinct().order_by("name", "pk")
        return [(str(pk), name) for pk, name in people.values_list("pk", "name")]


def runs_the_portal(agency: Agency, standing: Standing) -> bool:
    """Whether this is the organisation without a state that administers the portal: a platform admin works there."""
    if agency.state_id is not None:
        return False
    admins = RoleAssignment.objects.current(standing.now).of([Role.PLATFORM_ADMIN])
    return admins.filter(membership__agency=agency).exists()


def _of_no_other_state(agencies: list[Agency]) -> QuerySet:
    """Ids of everybody who works or worked for an agency of the same state, or for an organisation: nobody abroad."""
    states = {agency.state_id for agency in agencies} - {None}
    return Membership.objects.filter(Q(agency__state__in=states) | Q(agency__state=None)).values("user_id")


def register() -> None:
    """Called once, when the app is ready."""
    registry.register_agencies(KnownAgencies())
    registry.register_events("agency", _("Agencies"), _("Agency"), {"create": _("Agency entered")})
    registry.register_events(
        "membership",
        _("Memberships"),
        _("Membership"),
        {"create": _("Person taken into an agency"), "end": _("Membership ended")},
    )
    registry.register_events(
        "role",
        _("Roles"),
        _("Role"),
        {
            "propose": _("Role proposed"),
            "confirm": _("Role confirmed"),
            "decline": _("Proposed role declined"),
            "withdraw": _("Proposed role taken back"),
            "decide": _("Proposed roles decided together"),
            "give": _("Role given"),
            "end": _("Role ended"),
        },
    )
    registry.register_events(
        "application",
        _("New agencies"),
        _("New agency"),
        {
            "enter": _("New agency entered"),
            "change": _("New agency changed before approval"),
            "approve": _("New agency approved"),
            "decline": _("New agency declined"),
            "withdraw": _("New agency taken back"),
        },
    )
    registry.register_events(
        "invitation",
        _("Invitations"),
        _("Invitation"),
        {
            "create": _("Person invited"),
            "send_anew": _("Invitation sent anew"),
            "revoke": _("Invitation taken back"),
            "accept": _("Invitation accepted"),
        },
    )
    registry.register_events(
        "roster",
        _("Lists of people"),
        _("List of people"),
        {
            "send": _("List of people sent in"),
            "correct": _("List of people corrected"),
            "confirm": _("People of a list invited"),
        },
    )
    registry.register_events(
        "account",
        _("Accounts"),
        _("Account"),
        {
            "create": _("Account opened"),
            "propose": _("Change of an account proposed"),
            "confirm": _("Change of an account confirmed"),
            "decline": _("Change of an account declined"),
            "withdraw": _("Change of an account taken back"),
            "deactivate": _("Account closed"),
            "reactivate": _("Account opened again"),
            "ask_link": _("Link to a new password asked for"),
            "renew": _("Password renewed by a link"),
            "password": _("Password changed"),
            "end_sign_in": _("Own sign-in ended"),
        },
    )
    registry.register_events(
        "work",
        _("Work handed over"),
        _("Hand-over of work"),
        {
            "hand_over": _("Hand-over of work proposed"),
            "accept": _("Work taken over"),
            "decline": _("Hand-over of work declined"),
            "withdraw": _("Hand-over of work taken back"),
        },
    )
    registry.register_events("page", _("Pages"), _("Page"), {"refuse": _("Page of an office refused")})
    registry.register_subject("role_proposal", _("Proposed role"))
    registry.register_subject("account_change", _("Change of an account"))
    registry.register_subject("handover", _("Hand-over of work"))
    registry.register_values("role", dict(Role.choices))
