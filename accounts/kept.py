"""Questions that are asked at every click: their SQL is made once, and only the values change.

To make the SQL of a queryset takes Django two to five times what PostgreSQL takes to answer it. See
docs/adr/0046-questions-that-are-kept.md.
"""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, QuerySet

# The queryset, the compiler that knows its rows, its SQL, and values with `Given` in place of those that change.
Statement = tuple[QuerySet, Any, str, tuple[Any, ...]]


class Given(Expression):
    """A value of a kept question, known only when it is asked."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field)
        self.name = name

    @property
    def pk(self) -> "Given":
        """A person who is given is asked for by their key: `visible_to(person)`."""
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The driver's mark, and in the place of a value the name of it."""
        return "%s", [self]


class Kept:
    """A queryset that is made once a process, of values that are given each time it is asked.

    `make` gets, by name, what stands in for each value; `fields` are their types, by the same names. A value may be
    None only where NULL does what is meant.
    """

    def __init__(self, make: Callable[..., QuerySet], **fields: Field) -> None:
        self.make = make
        self.given = {name: Given(name, field) for name, field in fields.items()}
        self.made: dict[str, Statement] = {}

    def __call__(self, **values: Any) -> list[Any]:
        """The rows, as the queryset gives them."""
        rows, compiler, statement, params = self._made(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
        bound = [values[one.name] if isinstance(one, Given) else one for one in params]
        # The compiler knows how a row becomes an object; it is asked for its SQL and given what is kept.
        again = copy(compiler)
        again.connection = connections[rows.db]
        again.as_sql = lambda *_, **__: (statement, bound)
        found = rows.all()
        found.query.get_compiler = lambda *_, **__: again
        return list(found)

    def first(self, **values: Any) -> Any:
        """The first row, or None when there is none."""
        return next(iter(self(**values)), None)

    def get(self, **values: Any) -> Any:
        """The first row. Raises the model's DoesNotExist when there is none."""
        found = self(**values)
        if not found:
            raise self._made(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])[0].model.DoesNotExist
        return found[0]

    def _made(self, database: str) -> Statement:
        # A statement may hold the key of a row that migrations made: each database has its own.
        made = self.made.get(database)
        if made is None:
            made = self._make()
            self.made = self.made | {database: made}
        return made

    def _make(self) -> Statement:
        rows = self.make(**self.given)
        compiler = rows.query.get_compiler(rows.db)
        statement, params = compiler.as_sql()
        # Each thread asks over its own connection; this one's would be held by what is kept.
        compiler.connection = None
        return rows, compiler, statement, tuple(params)
