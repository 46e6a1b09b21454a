"""Turns what a person looks for into conditions on rows of keys, and rows of keys into records.

Whatever is found passes the door of its record; see cases/browsing.py and cases/lists.py for who may find which text.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, F, Func, Lookup, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from cases.folding import Part, number_keys, parts_of

# Up to so many hits in all, a search starts from the hits; beyond, from the newest records.
RARE = 3_000
# So short a number stands in too many others to be looked for inside them.
LEAST_INSIDE = 3


@SearchVectorField.register_lookup
class HasKeys(Lookup):
    """Whether a row has the keys of a query, which is written as PostgreSQL's type tsquery wants it."""

    lookup_name = "has_keys"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The operator of full-text search, without a configuration: keys are no words of a language any more."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*params, self.rhs]


class IsOneOf(Func):
    """Whether the first is one of an array: a list that the planner takes as it comes."""

    template = "(%(expressions)s))"
    arg_joiner = " = any("
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for, as conditions on rows of keys."""

    query: str
    # A whole number, to be found inside longer ones.
    inside: tuple[str, ...]
    # The words in their likeliest reading, to be found in another spelling.
    spelling: str

    @classmethod
    def parse(cls, term: str) -> "Wanted | None":
        """Read a term; None when there is neither letter nor figure in it."""
        parts = parts_of(term)
        if not parts:
            return None
        whole = number_keys(term) if re.search(r"\d", term) else ()
        found = [" & ".join(f"({_query_of(part)})" for part in parts), *map(_begins, whole)]
        return cls(
            query=" | ".join(f"({one})" for one in found),
            inside=tuple(key for key in whole if len(key) >= LEAST_INSIDE),
            spelling=" ".join(part.keys[0] for part in parts),
        )

    @property
    def exact(self) -> Q:
        """The words as they sound, each from its beginning, in any order; a number also by its middle."""
        found = Q(vector__has_keys=self.query)
        for key in self.inside:
            found |= Q(names__contains=key)
        return found

    @property
    def near(self) -> Q:
        """Names, titles and numbers that are spelled like it: three letters in five, or more, are the same."""
        return Q(names__trigram_word_similar=self.spelling)


def found(rows: QuerySet, keys: QuerySet, record: str, match: Q, *, few: bool) -> QuerySet:
    """The records among `rows` that rows of `keys`, whose column `record` names them, match.

    `few`: the rows are few and come first; no hit of others is touched, so that none is betrayed by the time it took.
    """
    if not few:
        hits = keys.filter(match).order_by()
        if hits.values("pk")[: RARE + 1].count() <= RARE:
            return rows.filter(IsOneOf(F("pk"), ArraySubquery(hits.values(record)[:RARE])))
    return rows.filter(is_some(keys.filter(match, **{record: OuterRef("pk")})))


def is_some(rows: QuerySet) -> IsNull:
    """Whether there is one such row, asked of each record in turn: as EXISTS it would be made a join of everything."""
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)


def _query_of(part: Part) -> str:
    whole = " | ".join(map(_begins, part.keys))
    if not part.pieces:
        return whole
    pieces = " & ".join(f"({' | '.join(map(_begins, keys))})" for keys in part.pieces)
    return f"{whole} | ({pieces})"


def _begins(key: str) -> str:
    # Keys are letters and figures only: nothing in them means anything to PostgreSQL.
    return f"'{key}':*"
