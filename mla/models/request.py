"""A request and its measures: the working draft of one side, which the other side never reads."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.kept import Kept
from agencies.models import Agency, State
from cases.access import GuardedManager
from cases.models import Case, CaseItem
from mla.workflow import ENDED, RequestState, Side


class Outcome(models.TextChoices):
    """What the answer was used for, said when a request is closed."""

    COURT = "court", _("used in court")
    INTELLIGENCE = "intelligence", _("used as intelligence")
    NO_USE = "no_use", _("of no use")


# The agencies of a request, by which of its parts they are; whichever it does not have yet is None.
AGENCIES = Kept(
    lambda **keys: Agency.objects.filter(pk__in=keys.values()).select_related("state"),
    drafting_agency=models.UUIDField(),
    sending_authority=models.UUIDField(),
    receiving_authority=models.UUIDField(),
)
# A request of which something may still come. In a fixed order: indexes are compared with what the models say.
IS_OPEN = ~models.Q(state__in=sorted(ENDED))


def open_at(body: str, side: str) -> models.Index:
    """The index of the open requests of a body, in the order of a desk."""
    return models.Index(
        fields=[body, "deadline", f"{side}_moved_at", "id"],
        name=f"request_open_{body.partition('_')[0]}",
        condition=IS_OPEN,
    )


def moved_at(body: str, side: str) -> models.Index:
    """The index of a body's requests by their last step, newest first."""
    return models.Index(fields=[body, f"-{side}_moved_at"], name=f"request_moved_{body.partition('_')[0]}")


class AssistanceRequest(models.Model):
    """A request for mutual legal assistance from one state to another, in one case.

    What the requested side reads is never this row but a frozen RequestVersion.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("registration No."), max_length=40, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests", verbose_name=_("case"))
    state = models.CharField(_("state"), max_length=25, choices=RequestState.choices, default=RequestState.DRAFT)
    # Where an answer to a question leads back to.
    asked_from = models.CharField(max_length=25, choices=RequestState.choices, blank=True)

    drafter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    drafting_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    sending_authority = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    receiving_authority = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    requesting_state = models.ForeignKey(State, on_delete=models.PROTECT, related_name="+")
    requested_state = models.ForeignKey(
        State, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested state")
    )

    title = models.CharField(_("subject"), max_length=200)
    # The code of a treaty, or reciprocity: agencies/legal_basis.py knows which there are, and their names.
    basis = models.CharField(_("legal basis"), max_length=40, blank=True)
    # Why this basis and not the proposed one.
    basis_reason = models.CharField(_("reason for this basis"), max_length=300, blank=True)
    conducted_by = models.CharField(
        _("authority conducting the proceedings, and its functions"), max_length=300, blank=True
    )
    offence = models.TextField(_("offence and its legal qualification"), max_length=10000, blank=True)
    statute = models.TextField(_("text of the articles of the criminal code"), max_length=50000, blank=True)
    damage = models.CharField(_("amount of damage"), max_length=300, blank=True)
    facts = models.TextField(_("summary of the facts"), max_length=200000, blank=True)
    purpose = models.TextField(_("purpose for which the assistance is sought"), max_length=10000, blank=True)
    procedure = models.TextField(_("procedure to be followed in all measures"), max_length=5000, blank=True)
    deadline = models.DateField(_("answer asked by"), null=True, blank=True)
    deadline_reason = models.CharField(_("reason for the deadline"), max_length=300, blank=True)
    confidential = models.BooleanField(_("keep the request confidential"), default=False)
    confidentiality_reason = models.CharField(_("what must not become known, and to whom"), max_length=300, blank=True)
    original_required = models.BooleanField(_("original required"), default=False)

    # The request of which this draft began as a copy: another state's, or a former one. The own side's knowledge.
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    # The executing agency's own file on the request, in which the items of its answer stand.
    execution_case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")

    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome.choices, blank=True)
    feedback = models.PositiveSmallIntegerField(_("usefulness, 1 to 5"), null=True, blank=True)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # What each side has seen change; a side's number does not move for the other side's domestic steps.
    requesting_clock = models.PositiveIntegerField(default=1, editable=False)
    requested_clock = models.PositiveIntegerField(default=0, editable=False)
    # When each side last saw a step taken; the requested side first sees one when the request is transmitted.
    requesting_moved_at = models.DateTimeField(default=timezone.now, editable=False)
    requested_moved_at = models.DateTimeField(null=True, editable=False)

    objects = GuardedManager()

    class Meta:
        verbose_name = _("request for legal assistance")
        verbose_name_plural = _("requests for legal assistance")
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                name="request_crosses_a_border",
                condition=~models.Q(requesting_state=models.F("requested_state")),
            ),
            models.CheckConstraint(
                name="request_drafter_is_not_approver",
                condition=models.Q(approver=None) | ~models.Q(approver=models.F("drafter")),
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="request_newest"),
            # What waits to be acknowledged, of all that an authority ever received.
            models.Index(
                fields=["receiving_authority", "requested_moved_at", "id"],
                name="request_to_acknowledge",
                condition=models.Q(state=RequestState.TRANSMITTED),
            ),
            # What is open at one of its bodies, the nearest deadline first; and what moved there last.
            open_at("drafting_agency", "requesting"),
            open_at("sending_authority", "requesting"),
            open_at("receiving_authority", "requested"),
            moved_at("drafting_agency", "requesting"),
            moved_at("sending_authority", "requesting"),
            moved_at("receiving_authority", "requested"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.state in ENDED

    def clock(self, side: Side) -> int:
        """The number that a side's forms carry, to notice that the request has moved on."""
        return self.requesting_clock if side == Side.REQUESTING else self.requested_clock

    def read_agencies(self) -> None:
        """Read the agencies of the request with their states, and its own two states: in one question, or two.

        Joined to the request's row they would cost more: the database plans a join of a dozen tables for longer
        than it takes to answer both questions.
        """
        keys = {name: getattr(self, f"{name}_id") for name in AGENCIES.given}
        agencies = {agency.pk: agency for agency in AGENCIES(**keys)}
        states = {agency.state_id: agency.state for agency in agencies.values()}
        states |= State.objects.in_bulk({self.requesting_state_id, self.requested_state_id} - states.keys())
        for name, key in keys.items():
            setattr(self, name, agencies.get(key))
        self.requesting_state, self.requested_state = states[self.requesting_state_id], states[self.requested_state_id]


class Measure(models.Model):
    """One act of assistance sought, by the codes of UNTOC 18(3), with its own result. Read through the request.

    The result belongs to the requested side until a response is sent; the requesting side reads it in the
    response's frozen version.
    """

    class Kind(models.TextChoices):
        """UNTOC 18(3) = UNCAC 46(3), and the two that have paragraphs of their own: 18(18) and 18(10)."""

        EVIDENCE = "a", _("taking evidence or statements from persons")
        SERVICE = "b", _("service of judicial documents")
        SEARCH = "c", _("search, seizure, freezing")
        EXAMINING = "d", _("examining objects and sites")
        INFORMATION = "e", _("information, evidentiary items, expert evaluations")
        RECORDS = "f", _("originals or certified copies of records")
        TRACING = "g", _("identifying or tracing proceeds, property, instrumentalities")
        APPEARANCE = "h", _("voluntary appearance of persons")
        OTHER = "i", _("any other assistance")
        VIDEO_HEARING = "video_hearing", _("hearing by video link")
        DETAINED_TRANSFER = "detained_transfer", _("transfer of a detained person")

    class Result(models.TextChoices):
        """What became of a measure."""

        NONE = "", _("No result yet")
        DONE = "done", _("Done")
        PARTLY = "partly", _("Partly done")
        NOT_DONE = "not_done", _("Not done")

    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="measures")
    number = models.PositiveSmallIntegerField(_("No."))
    kind = models.CharField(_("kind of assistance"), max_length=20, choices=Kind.choices)
    description = models.TextField(_("what is sought"), max_length=10000)
    # Whom it concerns: one of the persons or organisations that go with the request.
    about = models.ForeignKey(
        CaseItem, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("whom it concerns")
    )
    questions = models.TextField(_("questions to be put"), max_length=20000, blank=True)
    procedure = models.TextField(_("particular procedure to be followed"), max_length=5000, blank=True)
    attendance = models.BooleanField(_("our officer asks to attend"), default=False)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    result_text = models.TextField(_("what was done, or why not"), max_length=20000, blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="measure_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_kind_display()}"

    @property
    def article(self) -> str:
        """Where UNTOC names this kind of assistance."""
        paragraph = {"video_hearing": "18(18)", "detained_transfer": "18(10)"}.get(self.kind, f"18(3)({self.kind})")
        return f"UNTOC {paragraph}"
