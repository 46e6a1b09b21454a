"""Whether a treaty binds two states on a day, since when, how surely; and if not, why. Words for people included."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import State, Treaty, TreatyParty


@dataclass(frozen=True, slots=True)
class Bond:
    """A treaty as it stands between two states: the rows by which it binds them, or why it does not."""

    treaty: Treaty
    rows: tuple[TreatyParty, ...] = ()
    obstacle: str = ""
    parent: "Bond | None" = None

    @property
    def binds(self) -> bool:
        """Whether both states are bound."""
        return not self.obstacle

    @property
    def verified(self) -> bool:
        """Whether all of it was found in public sources: the treaty, that both are parties, and its convention."""
        sure = self.treaty.verified and all(row.verified for row in self.rows)
        return sure and (self.parent is None or self.parent.verified)


@dataclass(frozen=True, slots=True)
class Pair:
    """The requesting and the requested state on a day."""

    codes: tuple[str, str]
    on: date
    states: dict[str, State]

    def names(self, codes: Iterable[str]) -> str:
        """Names of states; the code of one that is not in the portal."""
        return ", ".join(self.states[code].name if code in self.states else code for code in codes)

    def strangers(self, treaties: list[Treaty]) -> list[str]:
        """Which of the two stand in no row of any treaty."""
        known = {row.state for treaty in treaties for row in treaty.parties.all()}
        return [code for code in self.codes if code not in known]

    def bonds(self, treaties: list[Treaty]) -> list[Bond]:
        """Every treaty that has to do with the two, judged, in order of rank."""
        found: dict[str, Bond] = {}
        for treaty in sorted(treaties, key=lambda one: one.parent_id is not None):
            if self._concerns(treaty):
                found[treaty.code] = self._judged(treaty, found.get(treaty.parent_id or ""))
        return sorted(found.values(), key=lambda bond: bond.treaty.rank)

    def since(self, bond: Bond) -> str:
        """Since when it is in force between the two, and until when; or for whom that is not known."""
        days = [row.in_force_from(bond.treaty) for row in bond.rows]
        if all(days):
            day = in_words(max(filter(None, days)))
            found = [sentence(_("In force between the two states since %(day)s") % {"day": day})]
        else:
            who = ", ".join(self._earliest(row) for row, day in zip(bond.rows, days, strict=True) if day is None)
            found = [sentence(_("Since which day it is in force is not known here for: %(who)s") % {"who": who})]
        for row in bond.rows:
            if row.ends:
                words = {"day": in_words(row.ends), "who": self.names([row.state])}
                found.append(sentence(_("Denounced by %(who)s, in force until %(day)s") % words))
        return " ".join(found)

    def unverified(self, bond: Bond) -> str:
        """What of it was not found in a public source; empty when all was."""
        found = [] if bond.treaty.verified else [_("the treaty's text and dates")]
        doubtful = [row.state for row in bond.rows if not row.verified]
        if doubtful:
            found.append(_("who is a party (%(who)s)") % {"who": self.names(doubtful)})
        return "; ".join(found)

    def languages(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Languages by their codes, those of the two states filled in; of one outside the portal it is not known."""
        of_states = {Treaty.OF_BOTH: self.codes, Treaty.OF_REQUESTED: self.codes[1:]}
        found: list[str] = []
        for language in wanted:
            codes = of_states.get(language)
            found += [language] if codes is None else [self.states[one].language for one in codes if one in self.states]
        return tuple(dict.fromkeys(found))

    def _concerns(self, treaty: Treaty) -> bool:
        return treaty.kind != Treaty.Kind.BILATERAL or {row.state for row in treaty.parties.all()} == set(self.codes)

    def _judged(self, treaty: Treaty, parent: Bond | None) -> Bond:
        if treaty.begins and self.on < treaty.begins:
            return Bond(treaty, obstacle=_("in force only from %(day)s") % {"day": in_words(treaty.begins)})
        if parent and not parent.binds:
            return Bond(treaty, obstacle=_("its convention does not bind both states"))
        bound = []
        for code in self.codes:
            rows = [row for row in treaty.parties.all() if row.state == code]
            row = next((row for row in rows if row.binds_on(self.on)), None)
            if row is None:
                return Bond(treaty, obstacle=self._obstacle(code, rows))
            bound.append(row)
        return Bond(treaty, tuple(bound), parent=parent)

    def _obstacle(self, code: str, rows: list[TreatyParty]) -> str:
        who = self.names([code])
        parties = [row for row in rows if row.is_party]
        if not rows:
            return _("not found whether this state is a party: %(who)s") % {"who": who}
        if not parties:
            return _("not a party: %(who)s") % {"who": who}
        ended = [row.ends for row in parties if row.ends and row.ends < self.on]
        if ended:
            return _("denounced by %(who)s, in force until %(day)s") % {"who": who, "day": in_words(max(ended))}
        ahead = min(row.begins for row in parties if row.begins)
        return _("not bound before %(day)s: %(who)s") % {"who": who, "day": in_words(ahead)}

    def _earliest(self, row: TreatyParty) -> str:
        who = self.names([row.state])
        if row.consented is None:
            return who
        return _("%(who)s (not before %(day)s)") % {"who": who, "day": in_words(row.consented)}


def party_in_words(row: TreatyParty, treaty: Treaty) -> str:
    """How a state stands towards a treaty: since when, or not before, and until when; or no party."""
    if not row.is_party:
        return _("not a party")
    if since := row.in_force_from(treaty):
        words = _("in force from %(day)s") % {"day": in_words(since)}
    elif row.consented:
        words = _("not before %(day)s") % {"day": in_words(row.consented)}
    else:
        words = _("since which day is not known here")
    if row.ends:
        words += ", " + _("denounced, until %(day)s") % {"day": in_words(row.ends)}
    return words


def sentence(words: str, article: str = "") -> str:
    """Words with the article that says so, and one full stop at the end."""
    if article:
        cited = _("Article %(article)s") % {"article": article}
        words += f" ({cited})"
    return words if words.endswith(".") else f"{words}."


def in_words(day: date) -> str:
    """A day as the active language writes it."""
    return date_format(day, "DATE_FORMAT")
