"""The one door to cases, items and requests: who sees a record now.

One predicate, written once in SQL (`PREDICATE`), with three handles:

- `visible_to(user)`: a queryset to filter, count and lock; for one record, filters, search;
- `newest_visible(user)`: one statement that walks the grant index; for the default page of every list;
- `is_visible(user, key)`: the predicate asked row by row, as a condition: for rows of another table that hang on one
  record each, and, as `visible_among(user)`, for the few records that an index has found, or that a page has.

`count_visible(user)` says how many they are, counted no further than a list needs to know.

A person sees a record when all of this holds at the moment `now` (always the caller's, never the database's):
they are active; they hold a case role in a membership, and both run; a grant row gives the record to that agency's
group, or to them by name for that agency; and the row has not expired.

The door fails closed: a queryset of a guarded model refuses to run unless it came from here.
"""

import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import Permission
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Func, RawSQL
from django.db.models.sql import Query
from django.utils import timezone

from agencies.models import CASE_ROLES

if TYPE_CHECKING:
    from accounts.models import User

PAGE = 25
# Who sees no more than this sees few: a list then begins with all that they see, and counts it.
FEW = 1_000

# Who works on cases now, and for which agency.
DESKS = """
    select {columns}
      from agencies_roleassignment r
      join agencies_membership m on m.id = r.membership_id
      join agencies_agency a on a.id = m.agency_id
      join accounts_user u on u.id = m.user_id
     where u.is_active
       and r.role = any(:roles)
       and r.starts <= :now and (r.ends is null or r.ends > :now)
       and m.starts <= :now and (m.ends is null or m.ends > :now)
"""
MINE = " and u.id = :user"

# A grant row that gives now; and one that gives now what this door asks for.
UNEXPIRED = "(g.expires_at is null or g.expires_at > :now)"
LIVE = f"g.permission_id = :permission and {UNEXPIRED}"

TO_THE_GROUP = "g.group_id in (" + DESKS.format(columns="a.group_id") + MINE + ")"
TO_THE_PERSON = "g.user_id = :user and g.agency_id in (" + DESKS.format(columns="a.id") + MINE + ")"

PREDICATE = f"""
    select {{what}} from {{group_grants}} g where {TO_THE_GROUP} and {LIVE} {{only}}
    union all
    select {{what}} from {{person_grants}} g where {TO_THE_PERSON} and {LIVE} {{only}}
"""

# The predicate, asked of one record; and of what some sources gave alone.
ONE = "and g.content_object_id = :record"
THROUGH = " and g.source = any(:through)"

# The predicate turned round: everybody who sees some records, for which agency and through what.
VIEWERS = f"""
    select g.content_object_id, desk.user_id, desk.agency_id, g.source, g.expires_at, {{via}}
      from {{group_grants}} g
      join ({DESKS.format(columns="distinct u.id as user_id, a.id as agency_id, a.group_id")} {{at}}) desk
        on desk.group_id = g.group_id
     where {LIVE} and g.content_object_id = any(:records)
    union
    select g.content_object_id, desk.user_id, desk.agency_id, g.source, g.expires_at, {{via}}
      from {{person_grants}} g
      join ({DESKS.format(columns="distinct u.id as user_id, a.id as agency_id")} {{at}}) desk
        on desk.user_id = g.user_id and desk.agency_id = g.agency_id
     where {LIVE} and g.content_object_id = any(:records)
"""
AT_ONE_AGENCY = "and a.id = :agency"

# The same predicate, walked newest first: each desk's index and the person's own, cut to the page before the join.
# Most of its time is planning, done anew each time: who works where is therefore asked once.
NEWEST_KEYS = f"""
        select distinct sort_at, content_object_id
          from ({DESKS.format(columns="distinct a.id, a.group_id")} {MINE}) desk
         cross join lateral (
            (select distinct on (g.sort_at, g.content_object_id) g.sort_at, g.content_object_id
               from {{group_grants}} g
              where g.group_id = desk.group_id and g.permission_id = :permission
                and {UNEXPIRED} {{after}}
              order by g.sort_at desc, g.content_object_id desc limit {{cut}})
            union all
            (select distinct on (g.sort_at, g.content_object_id) g.sort_at, g.content_object_id
               from {{person_grants}} g
              where g.user_id = :user and g.agency_id = desk.id and g.permission_id = :permission
                and {UNEXPIRED} {{after}}
              order by g.sort_at desc, g.content_object_id desc limit {{cut}})
        ) found order by sort_at desc, content_object_id desc limit :limit
"""
NEWEST = f"""
    {{last}} select {{columns}} from (
        {NEWEST_KEYS}
    ) page join {{records}} record on record.id = page.content_object_id
    order by page.sort_at desc, page.content_object_id desc
"""
AT_MOST = f"select count(distinct content_object_id) from ({NEWEST_KEYS}) seen"
# How far each index is walked. A thousand is more than the planner expects of most agencies: told so, it would rather
# read and sort all that the largest was ever given, fifteen times as long. What it is not told it takes for a tenth.
CUT, UNTOLD = ":limit", "(select :limit)"
# Where a page goes on: behind its last row, whose place is read from what gives it to the reader now. What is not given
# has no place, and nothing comes after it.
LAST = "with last as materialized (select * from ({place}) place limit 1)"
PLACE = {"what": "g.sort_at, g.content_object_id", "only": "and g.content_object_id = :after"}
AFTER = "and (g.sort_at, g.content_object_id) < (select sort_at, content_object_id from last)"


REFUSAL = "{} is read only through visible_to() or unscoped('reason')"


class ClosedDoor(RuntimeError):
    """A guarded model was read past `visible_to` and `unscoped`: a mistake in the code, never a person's."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page, by its id alone; the next page begins after it.

    Where that is stays with the grants: a moment in an address would tell the reader when the owner began a thing.
    """

    id: uuid.UUID

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Read a cursor from an address; None when it is no cursor."""
        try:
            return cls(uuid.UUID(text))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its rows, whether older ones follow, whether newer ones came before."""

    rows: list[Any]
    older: Cursor | None
    newer: bool
    # The row after which it should go on is gone, or all after it: this is the first page again.
    anew: bool


def page_of(text: str, rows_after: Callable[[Cursor | None, int], list[Any]]) -> Page:
    """The page that an address asks for. `rows_after` gives so many rows after a cursor; without one, the newest."""
    after = Cursor.parse(text)
    rows = rows_after(after, PAGE + 1)
    anew = after is not None and not rows
    if anew:
        after, rows = None, rows_after(None, PAGE + 1)
    older = Cursor(rows[PAGE - 1].pk) if len(rows) > PAGE else None
    return Page(rows=rows[:PAGE], older=older, newer=after is not None, anew=anew)


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person who sees a record: for which agency, through what, until when, by which share."""

    record_id: uuid.UUID
    person_id: uuid.UUID
    agency_id: uuid.UUID
    source: str
    until: datetime | None
    share_id: uuid.UUID | None


@lru_cache(maxsize=64)
def marks(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with `:name` marks as one with the driver's `%s`, and the names in order."""
    names: list[str] = []

    def mark(match: re.Match[str]) -> str:
        names.append(match[1])
        return "%s"

    return re.sub(r"(?<!:):(\w+)", mark, sql), tuple(names)


def bind(sql: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """Turn `:name` marks into the driver's `%s`, in order."""
    text, names = marks(sql)
    return text, [values[name] for name in names]


# How the predicate is put as a condition: each row asked for itself, or all that is seen looked up once. Both are
# written so that the planner has no other way.
EACH_ASKED = ("exists ({})", ONE)
FROM_THE_SEEN = (":record = any(array({}))", "")


class Hangs(Func):
    """Whether the record whose key stands in a column is visible."""

    def __init__(self, key: Any, *, sql: str, values: dict[str, Any]) -> None:
        super().__init__(key, output_field=models.BooleanField())
        self.sql, self.values = sql, values

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """The predicate with the column where it names its record."""
        column, of_column = compiler.compile(self.source_expressions[0])
        text, names = marks(self.sql)
        head, *parts = text.split("%s")
        found, params = [head], []
        for name, part in zip(names, parts, strict=True):
            found += [column if name == "record" else "%s", part]
            params += of_column if name == "record" else [self.values[name]]
        return "".join(found), params


class ClosedQuery(Query):
    """The SQL side of a queryset that nobody opened: it neither compiles nor takes part in another query.

    `Subquery`, `Exists` and `filter(x__in=rows.query)` take the query past the queryset; this is what they meet.
    """

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """Refused."""
        raise ClosedDoor(REFUSAL.format(self.model.__name__))

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Refused."""
        raise ClosedDoor(REFUSAL.format(self.model.__name__))


class GuardedQuerySet(models.QuerySet):
    """A queryset that runs only when it came from `visible_to()` or `unscoped('reason')`."""

    _opened_by = ""

    def __init__(self, model: Any = None, query: Query | None = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query or ClosedQuery(model), using, hints)

    # --- the handles -------------------------------------------------------------------------------------------------

    def visible_to(self, user: "User", *, now: datetime | None = None) -> Self:
        """Only the records that `user` sees at `now` (UTC, default: the present moment)."""
        sql, params = bind(self._named(PREDICATE, what="g.content_object_id", only=""), self._bound(user, now))
        return self._open("visible_to").filter(pk__in=RawSQL(sql, params))

    def newest_visible(
        self, user: "User", *, after: Cursor | None = None, limit: int = PAGE, now: datetime | None = None
    ) -> list[Any]:
        """At most `limit` records that `user` sees at `now`, newest first, after a cursor; in one statement.

        Newest is what came last to the reader's side. Nothing when what the cursor names is not given to them now.
        """
        fields = self.model._meta.concrete_fields
        columns = ", ".join(f'record."{field.column}"' for field in fields)
        values = self._bound(user, now) | {"limit": limit}
        last, behind = "", ""
        if after:
            values["after"] = after.id
            last, behind = LAST.format(place=self._named(PREDICATE, **PLACE)), AFTER
        sql, params = bind(self._named(NEWEST, columns=columns, last=last, after=behind, cut=CUT), values)
        # As a queryset makes its rows, without raw()'s own search for columns, which costs as much as the statement.
        names = [field.attname for field in fields]
        compiler = Query(self.model).get_compiler(self.db)
        converters = compiler.get_converters([field.get_col(self.model._meta.db_table) for field in fields])
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, params)
            rows: Any = cursor.fetchall()
        if converters:
            rows = compiler.apply_converters(rows, converters)
        return [self.model.from_db(self.db, names, row) for row in rows]

    def visible_among(
        self, user: "User", *, few: bool = False, through: Iterable[str] | None = None, now: datetime | None = None
    ) -> Self:
        """The same records as `visible_to`, asked one by one: where another condition has found a few already.

        And for a page of a list. `few` and `through` as in `is_visible`.
        """
        return self._open("visible_among").filter(
            self.is_visible(user, models.F("pk"), few=few, through=through, now=now)
        )

    def is_visible(
        self,
        user: "User",
        key: Any,
        *,
        few: bool = False,
        through: Iterable[str] | None = None,
        now: datetime | None = None,
    ) -> Hangs:
        """Whether `user` sees, at `now`, the record whose key `key` names: a condition for rows that hang on one.

        Where those rows come in an order and are cut to a page, this asks for as many records as the page has; of a
        person who sees `few` (`count_visible`), it begins with these, and the time it takes depends on nothing else.
        `through`: by what these sources give alone.
        """
        frame, only = FROM_THE_SEEN if few else EACH_ASKED
        if through is not None:
            only += THROUGH
        sql = frame.format(self._named(PREDICATE, what="g.content_object_id", only=only))
        return Hangs(key, sql=sql, values=self._bound(user, now) | {"through": sorted(through or ())})

    def count_visible(self, user: "User", *, at_most: int = FEW + 1, now: datetime | None = None) -> int:
        """How many records `user` sees at `now`; counted no further than about `at_most`."""
        sql, params = bind(self._named(AT_MOST, after="", cut=UNTOLD), self._bound(user, now) | {"limit": at_most})
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, params)
            return int(cursor.fetchone()[0])

    def sources(self, user: "User", pk: uuid.UUID, *, now: datetime | None = None) -> frozenset[str]:
        """Through what `user` sees one record at `now`: the sources of the live grants. Empty: they do not."""
        sql = self._named(PREDICATE, what="g.source", only=ONE)
        sql, params = bind(sql, self._bound(user, now) | {"record": pk})
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, params)
            return frozenset(source for (source,) in cursor.fetchall())

    def viewers(self, *pks: uuid.UUID, at: uuid.UUID | None = None, now: datetime | None = None) -> list[Viewer]:
        """Everybody who sees some records at `now`, or everybody `at` one agency who does.

        Once for each record, agency and source. Asked by the records' owner only.
        """
        via = {field.name for field in self._grants("group")._meta.concrete_fields}
        share = "g.share_id" if "share" in via else "null::uuid"
        sql = self._named(VIEWERS, via=share, at=AT_ONE_AGENCY if at else "")
        sql, params = bind(sql, self._bound(None, now) | {"records": list(pks), "agency": at})
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, params)
            return [Viewer(*row) for row in cursor.fetchall()]

    def unscoped(self, reason: str) -> Self:
        """Every record, for a service, a task or a migration that says why. A test lists each use."""
        if not reason:
            raise ValueError("unscoped() wants a reason")
        return self._open("unscoped")

    # --- the lock ----------------------------------------------------------------------------------------------------

    def _open(self, key: str) -> Self:
        opened = self._chain()
        opened._opened_by = key
        opened.query.__class__ = Query
        return opened

    def _clone(self) -> Self:
        clone = super()._clone()
        clone._opened_by = self._opened_by
        return clone

    def _check(self) -> None:
        if not self._opened_by:
            raise ClosedDoor(REFUSAL.format(self.model.__name__))

    def _check_both(self, other: Any) -> None:
        self._check()
        if isinstance(other, GuardedQuerySet):
            other._check()

    def __and__(self, other: Any) -> Self:
        self._check_both(other)
        return super().__and__(other)

    def __or__(self, other: Any) -> Self:
        self._check_both(other)
        return super().__or__(other)

    def __xor__(self, other: Any) -> Self:
        self._check_both(other)
        return super().__xor__(other)

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._check()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Iterate without a cache; refuses like every way of reading."""
        self._check()
        return super().iterator(*args, **kwargs)

    def aiterator(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """Iterate without waiting; refuses like every way of reading."""
        self._check()
        return super().aiterator(*args, **kwargs)

    def count(self) -> int:
        """Count; refuses like every way of reading."""
        if self._result_cache is None:
            self._check()
        return super().count()

    def exists(self) -> bool:
        """Ask whether there is one; refuses like every way of reading."""
        if self._result_cache is None:
            self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregate; refuses like every way of reading."""
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Update rows; refuses like every way of reading."""
        self._check()
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete rows; refuses like every way of reading."""
        self._check()
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def explain(self, *, format: str | None = None, **options: Any) -> str:
        """Show the plan; refuses like every way of reading."""
        self._check()
        return super().explain(format=format, **options)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """Take part in another query; refuses like every way of reading."""
        self._check()
        return super().resolve_expression(*args, **kwargs)

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        """Refused: raw SQL of a guarded model stands in this module only."""
        raise ClosedDoor(f"raw SQL over {self.model.__name__} belongs into cases/access.py")

    def _combinator_query(self, combinator: str, *other: Any, all: bool = False) -> Any:
        # Django drops FOR UPDATE from a union silently, and the others' keys would go unchecked.
        raise ClosedDoor(f"{combinator} over {self.model.__name__}: filter visible_to() instead")

    # --- words for the SQL -------------------------------------------------------------------------------------------

    def _named(self, sql: str, **more: str) -> str:
        return sql.format(
            group_grants=self._grants("group")._meta.db_table,
            person_grants=self._grants("person")._meta.db_table,
            records=self.model._meta.db_table,
            **more,
        )

    def _grants(self, holder: str) -> type[models.Model]:
        return self.model._meta.get_field(f"{holder}_grants").related_model

    def _bound(self, user: "User | None", now: datetime | None) -> dict[str, Any]:
        return {
            "user": user.pk if user else None,
            "now": now or timezone.now(),
            "roles": sorted(CASE_ROLES),
            "permission": view_permission_id(self.model, using=self.db),
        }


def view_permission_id(model: type[models.Model], *, using: str = DEFAULT_DB_ALIAS) -> int:
    """The one permission that grant rows of a guarded model carry. Raises Permission.DoesNotExist before migration."""
    return _view_permission_id(model, using, connections[using].settings_dict["NAME"])


@lru_cache(maxsize=64)
def _view_permission_id(model: type[models.Model], using: str, _database: str) -> int:
    """Asked once a process and database: the row is made with the model's table, and stays."""
    options = model._meta
    found = Permission.objects.using(using).values_list("pk", flat=True)
    return found.get(
        content_type__app_label=options.app_label,
        content_type__model=options.model_name,
        codename=f"view_{options.model_name}",
    )


GuardedManager = models.Manager.from_queryset(GuardedQuerySet)
