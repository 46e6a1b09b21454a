"""Django's migrate, run as the owner of the tables; then the application's role gets what it may do."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

# Events are added and read, never changed: triggers say so to everybody, and the application's role has no right to.
APPEND_ONLY = ("audit_auditevent", "cases_itemversion", "mla_requestevent", "mla_requestversion", "mla_signature")
# Lines of a journal and what they stand for may change, and never go.
NEVER_REMOVED = ("mla_paperrequest", "mla_registernumber")


class Command(DjangoMigrate):
    """Uses the alias "owner" unless told otherwise."""

    def add_arguments(self, parser: CommandParser) -> None:
        """The database is the owner's by default."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, make the cache table, grant, and fill the search index where there is none."""
        alias = options["database"]
        if alias not in connections.settings:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the tables can migrate.")
        super().handle(*args, **options)
        if options["check_unapplied"] or options["plan"]:
            return
        call_command("createcachetable", database=alias, verbosity=0)
        grant_application(alias)
        fill_search(alias)


TABLES_OF_SEARCH = "select to_regclass('cases_searchtext') is not null and to_regclass('mla_requestface') is not null"
RECORDS_WITHOUT_INDEX = """
    select exists (select from cases_case) and not exists (select from cases_searchtext)
        or exists (select from mla_assistancerequest) and not exists (select from mla_requestface)
"""


def fill_search(alias: str) -> None:
    """Make the search index of a database that has records and no index yet.

    Here and not in a migration: the code of the day makes it, from tables as they are once all migrations have run.
    """
    with connections[alias].cursor() as cursor:
        for question in (TABLES_OF_SEARCH, RECORDS_WITHOUT_INDEX):
            cursor.execute(question)
            if cursor.fetchone() != (True,):
                return
    call_command("search_index")


def grant_application(alias: str) -> None:
    """Give the application's role its rights on all tables of the schema."""
    role = connections["default"].settings_dict["USER"]
    with connections[alias].cursor() as cursor:
        quoted = connections[alias].ops.quote_name(role)
        cursor.execute(f"grant usage on schema public to {quoted}")
        cursor.execute(f"grant select, insert, update, delete on all tables in schema public to {quoted}")
        cursor.execute(f"grant usage, select on all sequences in schema public to {quoted}")
        for tables, rights in ((APPEND_ONLY, "update, delete, truncate"), (NEVER_REMOVED, "delete, truncate")):
            cursor.execute(
                "select tablename from pg_tables where schemaname = 'public' and tablename = any(%s)", [list(tables)]
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f"revoke {rights} on {connections[alias].ops.quote_name(table)} from {quoted}")
        cursor.execute(f"revoke insert, update, delete, truncate on django_migrations from {quoted}")
