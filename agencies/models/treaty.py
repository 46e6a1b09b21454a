"""Treaties, and which states they bind since when: data, of which agencies/legal_basis.py makes a proposal."""

from collections.abc import Iterable
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models.agency import in_language


class Offence(models.TextChoices):
    """Kinds of offence by which a treaty is chosen that covers some only: a closed list."""

    FIREARMS_TRAFFICKING = "firearms_trafficking", _("illicit manufacturing of and trafficking in firearms")
    TERRORISM_FINANCING = "terrorism_financing", _("financing of terrorism")
    TERRORIST_BOMBING = "terrorist_bombing", _("terrorist bombing")
    CORRUPTION = "corruption", _("corruption")
    ORGANISED_CRIME = "organised_crime", _("organised crime")
    OTHER = "other", _("another offence")


class Treaty(models.Model):
    """A treaty on which a request may rest: what it covers, and how a request under it goes.

    All of it is data, from the depositary's list and the treaty's text; what is made of it stands in
    agencies/legal_basis.py. What is not known stays empty, and is said to be unknown.
    """

    class Kind(models.TextChoices):
        """Many states or two; or a protocol that amends a convention, on which no request rests alone."""

        CONVENTION = "convention", _("convention")
        AMENDMENT = "amendment", _("amending protocol")
        BILATERAL = "bilateral", _("bilateral treaty")

    class Noun(models.TextChoices):
        """What Russian calls a request under it. English says request."""

        ASSIGNMENT = "assignment", pgettext_lazy("noun of a request", "assignment")
        REQUEST = "request", pgettext_lazy("noun of a request", "request")

    class Channel(models.TextChoices):
        """The way that a request takes."""

        DIRECT = "direct", _("between the authorities that each state has named")
        CENTRAL = "central_authorities", _("between central authorities")
        DIPLOMATIC = "diplomatic", _("diplomatic channel")
        INTERPOL = "interpol_urgent", _("through INTERPOL, in urgent cases, if agreed")

    # Languages that depend on the two states: those of both, or one acceptable to the requested one.
    OF_BOTH, OF_REQUESTED = "both", "requested"

    code = models.CharField(_("code"), max_length=40, primary_key=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name_en = models.CharField(_("name in English"), max_length=150)
    name_ru = models.CharField(_("name in Russian"), max_length=150)
    title_en = models.CharField(_("full title in English"), max_length=300)
    title_ru = models.CharField(_("full title in Russian"), max_length=300)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="protocols",
        verbose_name=_("convention that it amends or supplements"),
    )
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("treaty that takes its place between the parties of that one"),
    )
    noun = models.CharField(_("noun of a request"), max_length=12, choices=Noun.choices)
    # By "request" and "measure", or a measure's own code: the articles on requests and on that assistance; by "alone",
    # "replaces", "penalty": those on its place among other treaties.
    articles = models.JSONField(_("articles"), default=dict, blank=True)
    # Empty: every offence.
    offences = ArrayField(
        models.CharField(max_length=30, choices=Offence.choices), verbose_name=_("offences"), default=list, blank=True
    )
    least_penalty = models.PositiveSmallIntegerField(_("highest penalty at least, in years"), null=True, blank=True)
    # In order of preference; empty: not known here.
    channels = ArrayField(
        models.CharField(max_length=20, choices=Channel.choices), verbose_name=_("channels"), default=list, blank=True
    )
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True)
    seal = models.BooleanField(_("official seal wanted"), null=True, blank=True)
    signed = models.DateField(_("signed or adopted"), null=True, blank=True)
    in_force = models.DateField(_("in force from"), null=True, blank=True)
    verified = models.BooleanField(
        pgettext_lazy("treaty", "verified"), default=False, help_text=_("Found in a public source, not only known.")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    note_en = models.CharField(_("note in English"), max_length=500, blank=True)
    note_ru = models.CharField(_("note in Russian"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("treaty")
        verbose_name_plural = _("treaties")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The short name in the active language."""
        return in_language(self.name_en, self.name_ru)

    @property
    def title(self) -> str:
        """The full title in the active language."""
        return in_language(self.title_en, self.title_ru)

    @property
    def note(self) -> str:
        """What else one must know of it, in the active language."""
        return in_language(self.note_en, self.note_ru)

    @property
    def is_general(self) -> bool:
        """Whether it covers every offence."""
        return not self.offences and self.least_penalty is None

    @property
    def rank(self) -> tuple[int, int, str]:
        """Its place among others: general conventions, the newest first; what amends them; treaties of two states.

        Of those for some offences the narrower goes first; last a protocol, which borrows its convention's articles.
        """
        if self.kind == self.Kind.AMENDMENT:
            place = 1
        elif self.kind == self.Kind.BILATERAL:
            place = 2
        elif self.is_general:
            place = 0
        elif self.parent_id:
            place = 5
        else:
            place = 3 if self.offences else 4
        return place, -(self.signed or date.min).toordinal(), self.code

    @property
    def begins(self) -> date | None:
        """The first day on which it can bind anybody, as far as is known."""
        return self.in_force or self.signed

    def article_for(self, measures: Iterable[str]) -> str:
        """The articles on these measures and on requests in general; empty when they are not known here."""
        found = [self.articles.get(one, self.articles.get("measure", "")) for one in measures]
        general = self.articles.get("request", "")
        if not any(one.startswith(general) for one in found):
            found.append(general)
        return ", ".join(dict.fromkeys(filter(None, found)))


class TreatyParty(models.Model):
    """A state's standing towards a treaty: party, since when and until when; or known to be none."""

    treaty = models.ForeignKey(Treaty, on_delete=models.CASCADE, related_name="parties")
    # Not a key: a party need not be in the portal.
    state = models.CharField(_("state"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}\Z")])
    is_party = models.BooleanField(_("party"), default=True)
    consented = models.DateField(
        _("law, deposit or notification"),
        null=True,
        blank=True,
        help_text=_("Before this day it was not bound, even where the day of entry into force is not known."),
    )
    starts = models.DateField(_("in force from"), null=True, blank=True)
    ends = models.DateField(_("in force to"), null=True, blank=True, help_text=_("The last day, when denounced."))
    verified = models.BooleanField(
        pgettext_lazy("treaty", "verified"), default=False, help_text=_("Found in a public source, not only known.")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    note_en = models.CharField(_("note in English"), max_length=500, blank=True)
    note_ru = models.CharField(_("note in Russian"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("party to a treaty")
        verbose_name_plural = _("parties to treaties")
        ordering = ["treaty_id", "state", "starts"]
        constraints = [
            models.UniqueConstraint(
                name="treaty_party_once", fields=["treaty", "state", "starts"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="treaty_party_ends_after_start",
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=F("starts")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.treaty_id}"

    @property
    def note(self) -> str:
        """What else one must know of it, in the active language."""
        return in_language(self.note_en, self.note_ru)

    @property
    def begins(self) -> date | None:
        """The first day on which it can bind this state, as far as is known."""
        return self.starts or self.consented

    def in_force_from(self, treaty: Treaty) -> date | None:
        """The day from which the treaty is in force for this state; None when it is not known.

        Who had consented by the day on which the treaty came into force is bound since then.
        """
        if self.starts:
            return self.starts
        if self.consented and treaty.in_force and self.consented <= treaty.in_force:
            return treaty.in_force
        return None

    def binds_on(self, day: date) -> bool:
        """Whether the state is bound on `day`, as far as is known."""
        began = self.begins is None or self.begins <= day
        return self.is_party and began and (self.ends is None or day <= self.ends)
