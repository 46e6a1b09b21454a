"""Which treaty a request of one state to another may rest on: proposed from the rows of treaties, each with its reason.

No treaty is named here: which offences it covers, what it replaces or amends, and whom it binds since when are rows
(agencies/models/treaty.py). This module reads them for the day that it is given, and says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.bonds import Bond, Pair, sentence
from agencies.models import Offence, State, Treaty, TreatyParty

RECIPROCITY = "reciprocity"
# Never the basis of a request; a central authority may be designated by it.
DOMESTIC = "domestic"


def basis_names() -> dict[str, str]:
    """Whatever a request or a designation may rest on, by its code, in the active language."""
    names = {treaty.code: treaty.name for treaty in Treaty.objects.all()}
    return names | {RECIPROCITY: _("reciprocity"), DOMESTIC: _("domestic rule")}


def designation_names() -> dict[str, str]:
    """What a designation may rest on, by its code: the treaties by their rank, or a domestic rule."""
    names = {treaty.code: treaty.name for treaty in sorted(Treaty.objects.all(), key=lambda one: one.rank)}
    return names | {DOMESTIC: _("domestic rule")}


def basis_name(code: str) -> str:
    """One of them in words; a code that has no row any more speaks for itself."""
    return basis_names().get(code, code)


def is_basis(code: str) -> bool:
    """Whether a request may rest on this: a treaty of the table, or reciprocity."""
    return code == RECIPROCITY or Treaty.objects.filter(pk=code).exists()


def cited(name: str, article: str) -> str:
    """A treaty with its article; the name alone where the article is not known."""
    if not article:
        return name
    count = article.count(", ") + 1
    words = ngettext("%(treaty)s, Article %(article)s", "%(treaty)s, Articles %(article)s", count)
    return words % {"treaty": name, "article": article}


@dataclass(frozen=True, slots=True)
class Basis:
    """One thing that a request may rest on: why, and since when. `amends`: it goes with another, never chosen alone."""

    treaty: str
    name: str
    article: str
    verified: bool
    why: str
    since: str = ""
    amends: bool = False

    @property
    def reason(self) -> str:
        """All that is to be said of it."""
        return f"{self.why} {self.since}".rstrip()

    @property
    def cited(self) -> str:
        """With its article."""
        return cited(self.name, self.article)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a request may rest on, and how it goes under the principal basis. None: not known here."""

    principal: Basis
    supplementary: tuple[Basis, ...]
    alternatives: tuple[Basis, ...]
    reasons: tuple[str, ...]
    channel: str | None
    languages: tuple[str, ...]
    seal: bool | None

    @property
    def bases(self) -> tuple[Basis, ...]:
        """All of them, the principal one first."""
        return (self.principal, *self.supplementary, *self.alternatives)


def propose(
    *,
    requesting: str,
    requested: str,
    on: date,
    offence: str | None = None,
    max_penalty_years: int | None = None,
    measures: Iterable[str] = (),
) -> Proposal:
    """Propose what a request between two states, given by their codes, may rest on on that day.

    Not knowing the offence or its penalty leaves open what depends on it. Raises ValueError for a state with itself.
    """
    if requesting == requested:
        raise ValueError("A request goes to another state.")
    codes = (requesting, requested)
    parties = TreatyParty.objects.filter(state__in=codes)
    treaties = Treaty.objects.prefetch_related(Prefetch("parties", queryset=parties))
    pair = Pair(codes, on, State.objects.in_bulk(codes))
    return _Question(pair, offence, max_penalty_years, tuple(measures)).answer(list(treaties))


def choices(*, requesting: str, requested: str, on: date, chosen: str = "") -> list[Basis]:
    """What a drafter may choose: what binds the pair, the proposed one first; reciprocity; what was chosen before."""
    found = [one for one in propose(requesting=requesting, requested=requested, on=on).bases if not one.amends]
    if found[0].treaty != RECIPROCITY:
        found.append(_reciprocity(_("Where the laws of both states allow it.")))
    if chosen and chosen not in {one.treaty for one in found}:
        reason = _("Chosen before. It is not among what binds the two states today.")
        found.append(Basis(chosen, basis_name(chosen), "", verified=False, why=reason))
    return found


def _reciprocity(reason: str) -> Basis:
    return Basis(RECIPROCITY, _("reciprocity"), "", verified=False, why=reason)


@dataclass(frozen=True, slots=True)
class _Question:
    """Who asks whom on which day, for which offence and measures."""

    pair: Pair
    offence: str | None
    penalty: int | None
    measures: tuple[str, ...]

    def answer(self, treaties: list[Treaty]) -> Proposal:
        """Which treaty comes first, what goes with it, what could take its place, and what does not apply."""
        if strangers := self.pair.strangers(treaties):
            words = _("The table of treaties knows nothing of: %(who)s") % {"who": self.pair.names(strangers)}
            return self._by_reciprocity([], [sentence(words)])
        bonds = self.pair.bonds(treaties)
        binding = {bond.treaty.code: bond for bond in bonds if bond.binds}
        current = [bond for bond in binding.values() if bond.treaty.replaced_by_id not in binding]
        principal = next((bond for bond in current if self._stands_alone(bond.treaty)), None)
        fallen = [why for bond in bonds if (why := self._why_not(bond, principal))]
        if principal is None:
            return self._by_reciprocity(current, [_("No treaty that covers this binds both states."), *fallen])
        return self._resting_on(principal, binding, current, fallen)

    def _resting_on(
        self, principal: Bond, binding: dict[str, Bond], current: list[Bond], fallen: list[str]
    ) -> Proposal:
        code = principal.treaty.code
        replaced = [bond for bond in binding.values() if bond.treaty.replaced_by_id == code]
        beside = [bond for bond in current if bond is not principal and self._goes_with(bond.treaty, code)]
        first = self._basis(principal, self._why_first(principal.treaty, replaced))
        supplementary = [self._basis(bond, self._why_beside(bond.treaty)) for bond in beside]
        alternatives = [] if first.verified else [self._basis(bond, self._why_instead(first)) for bond in replaced]
        alternatives += self._open(current)
        amended = [bond.treaty for bond in beside if bond.treaty.kind == Treaty.Kind.AMENDMENT]
        channels = next((one.channels for one in amended), principal.treaty.channels)
        return Proposal(
            principal=first,
            supplementary=tuple(supplementary),
            alternatives=tuple(alternatives),
            reasons=self._told((first, *supplementary, *alternatives), principal.treaty.languages, fallen),
            channel=next(iter(channels), None),
            languages=self.pair.languages(principal.treaty.languages),
            seal=principal.treaty.seal,
        )

    def _by_reciprocity(self, current: list[Bond], reasons: list[str]) -> Proposal:
        first = _reciprocity(_("Nothing else is left, where the laws of both states allow it."))
        alternatives = self._open(current)
        languages = [Treaty.OF_REQUESTED]
        return Proposal(
            principal=first,
            supplementary=(),
            alternatives=tuple(alternatives),
            reasons=self._told((first, *alternatives), languages, reasons),
            channel=Treaty.Channel.DIPLOMATIC.value,
            languages=self.pair.languages(languages),
            seal=None,
        )

    def _told(self, bases: tuple[Basis, ...], languages: list[str], more: list[str]) -> tuple[str, ...]:
        found = [f"{one.cited}: {one.reason}" for one in bases]
        if Treaty.OF_REQUESTED in languages:
            found.append(_("Which languages the requested state accepts is not known here: its own is assumed."))
        return (*found, *more)

    def _open(self, current: list[Bond]) -> list[Basis]:
        """Those that would apply to an offence that nobody has named yet."""
        return [self._basis(bond, self._only_for(bond.treaty)) for bond in current if self._covers(bond.treaty) is None]

    def _covers(self, treaty: Treaty) -> bool | None:
        """Whether it covers the offence; None while that depends on which offence it is."""
        if treaty.offences:
            return None if self.offence is None else self.offence in treaty.offences
        return treaty.least_penalty is None or self.penalty is None or self.penalty >= treaty.least_penalty

    def _stands_alone(self, treaty: Treaty) -> bool:
        return treaty.kind != Treaty.Kind.AMENDMENT and self._covers(treaty) is True

    def _goes_with(self, treaty: Treaty, principal: str) -> bool:
        if treaty.kind == Treaty.Kind.AMENDMENT:
            return treaty.parent_id == principal
        return self._covers(treaty) is True

    def _basis(self, bond: Bond, why: str) -> Basis:
        treaty, sentences = bond.treaty, [why, bond.treaty.note]
        if doubts := self.pair.unverified(bond):
            sentences.append(sentence(_("Not verified, check before relying on it: %(what)s") % {"what": doubts}))
        return Basis(
            treaty=treaty.code,
            name=treaty.name,
            article=treaty.article_for(self.measures),
            verified=bond.verified,
            why=" ".join(filter(None, sentences)),
            since=self.pair.since(bond),
            amends=treaty.kind == Treaty.Kind.AMENDMENT,
        )

    def _why_first(self, treaty: Treaty, replaced: list[Bond]) -> str:
        if treaty.kind == Treaty.Kind.BILATERAL:
            return _("No convention on legal assistance binds both states; this treaty does.")
        if not treaty.is_general:
            alone = _("No treaty on legal assistance in general binds both states: a request rests on this one alone")
            return f"{sentence(alone, treaty.articles.get('alone', ''))} {self._scope(treaty)}"
        sentences = [_("It binds both states, whatever the offence.")]
        if replaced:
            names = ", ".join(bond.treaty.name for bond in replaced)
            words = _("Between its parties it takes the place of: %(treaties)s") % {"treaties": names}
            sentences.append(sentence(words, treaty.articles.get("replaces", "")))
        return " ".join(sentences)

    def _why_beside(self, treaty: Treaty) -> str:
        if treaty.kind == Treaty.Kind.AMENDMENT:
            return _("It amends the convention, and binds both states too.")
        if treaty.kind == Treaty.Kind.BILATERAL:
            return _("It supplements the convention between these two states.")
        return _("It binds both states too.") if treaty.is_general else self._scope(treaty)

    def _why_instead(self, first: Basis) -> str:
        words = _("It applies if this treaty turns out not to bind both states: %(treaty)s") % {"treaty": first.name}
        return sentence(words)

    def _only_for(self, treaty: Treaty) -> str:
        return sentence(_("Only if the offence is this: %(offences)s") % {"offences": _offences(treaty.offences)})

    def _scope(self, treaty: Treaty) -> str:
        if treaty.offences:
            return sentence(_("It covers the offence: %(offences)s") % {"offences": _offences([self.offence or ""])})
        return self._weighed(treaty)

    def _weighed(self, treaty: Treaty) -> str:
        least = treaty.least_penalty or 0
        words = ngettext(
            "The highest penalty must be at least %(years)d year",
            "The highest penalty must be at least %(years)d years",
            least,
        )
        found = sentence(words % {"years": least}, treaty.articles.get("penalty", ""))
        if self.penalty is not None:
            found += " " + sentence(_("Here it is %(years)d") % {"years": self.penalty})
        return found

    def _why_not(self, bond: Bond, principal: Bond | None) -> str:
        """Why a treaty that could have mattered does not apply; empty for others."""
        treaty, code = bond.treaty, principal.treaty.code if principal else ""
        astray = treaty.kind == Treaty.Kind.AMENDMENT and treaty.parent_id != code
        if astray or (code and treaty.replaced_by_id == code):
            return ""
        if bond.binds:
            if treaty.offences or self._covers(treaty):
                return ""
            own = _("For the offences that it defines itself the penalty does not matter")
            article = treaty.articles.get("any_penalty", "")
            why = f"{self._weighed(treaty)} {sentence(own, article) if article else ''}".rstrip()
        elif self._covers(treaty):
            why = sentence(bond.obstacle)
        else:
            return ""
        return _("%(treaty)s does not apply: %(why)s") % {"treaty": treaty.name, "why": why}


def _offences(codes: Iterable[str]) -> str:
    return ", ".join(str(dict(Offence.choices).get(code, code)) for code in codes)
