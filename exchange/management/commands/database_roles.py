"""Print the SQL that makes the two database roles; an operator runs it once, as the server's administrator."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.settings import env


def quoted(text: str) -> str:
    """A literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A name of SQL."""
    return '"' + text.replace('"', '""') + '"'


class Command(BaseCommand):
    """Names, passwords and database are read from DATABASE_URL and DATABASE_OWNER_URL."""

    help = "The SQL that makes the two database roles, for the server's administrator."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--may-create-databases: for the tests, whose owner makes databases of its own."""
        parser.add_argument("--may-create-databases", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print; change nothing."""
        application = urlsplit(env.str("DATABASE_URL"))
        owner_url = env.str("DATABASE_OWNER_URL", default="")
        if not owner_url:
            raise CommandError("Set DATABASE_OWNER_URL: the role that owns the tables and migrates.")
        owner = urlsplit(owner_url)
        if application.username == owner.username:
            raise CommandError("DATABASE_URL and DATABASE_OWNER_URL must name two different roles.")
        more = "createdb" if options["may_create_databases"] else "nocreatedb"
        database = name(owner.path.lstrip("/"))
        for url, rights in ((owner, more), (application, "nocreatedb")):
            role, password = unquote(url.username or ""), unquote(url.password or "")
            self.stdout.write(
                f"do $$ begin if not exists (select from pg_roles where rolname = {quoted(role)}) then"
                f" create role {name(role)}; end if; end $$;"
            )
            self.stdout.write(
                f"alter role {name(role)} login nosuperuser nobypassrls nocreaterole noinherit {rights}"
                f" password {quoted(password)};"
            )
        # The plans of a page's small statements gain nothing from compiling, and lose tens of milliseconds.
        self.stdout.write(f"alter role {name(unquote(application.username or ''))} set jit = off;")
        self.stdout.write(f"alter database {database} owner to {name(unquote(owner.username or ''))};")
        self.stdout.write(f"revoke all on database {database} from public;")
        self.stdout.write(f"grant connect on database {database} to {name(unquote(application.username or ''))};")
