"""Boot-time checks: what keeps an unsafe portal from starting."""

from typing import Any

from django.conf import settings
from django.core.checks import ERROR, Error, Tags, register, run_checks
from django.db import connection

LOCAL = {"localhost", "127.0.0.1", "::1"}
KEY_LENGTH = 50


@register(Tags.security)
def transport(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Plain http, DEBUG and an exercise's key are for localhost only."""
    found = []
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not settings.OVER_TLS and not {settings.SITE.hostname, *settings.ALLOWED_HOSTS} <= LOCAL:
        found.append(
            Error(
                "SITE_URL must begin with https:// anywhere but on localhost, also when ALLOWED_HOSTS names other "
                "hosts.",
                id="exchange.E001",
            )
        )
    if settings.OVER_TLS and settings.DEBUG:
        found.append(Error("DEBUG must be off in production.", id="exchange.E002"))
    if settings.OVER_TLS and (
        any(key.startswith(("demo-", "test-")) for key in keys) or min(map(len, keys)) < KEY_LENGTH
    ):
        found.append(
            Error(
                f"SECRET_KEY must be a random one of at least {KEY_LENGTH} letters, not the demo's.", id="exchange.E003"
            )
        )
    return found


def refuse_to_start() -> None:
    """Called by web, worker and beat before they serve anybody: run all checks, the database's too.

    Raises SystemExit with what is wrong; also when the owner's DATABASE_OWNER_URL has reached this process, or when
    the database cannot be asked.
    """
    found = [message for message in run_checks(databases=["default"]) if message.level >= ERROR]
    if "owner" in settings.DATABASES:
        found.append(
            Error("DATABASE_OWNER_URL is for commands only: web, worker and beat must not know it.", id="exchange.E006")
        )
    if found:
        raise SystemExit("Comity does not start:\n" + "\n".join(map(str, found)))


@register(Tags.database)
def application_role(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """The application's role owns no table, and bypasses and becomes nobody."""
    if not databases or "default" not in databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select r.rolsuper, r.rolbypassrls,
                   exists(select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                           where c.relowner = r.oid and c.relkind in ('r', 'p') and n.nspname = 'public'),
                   exists(select 1 from pg_auth_members where member = r.oid)
              from pg_roles r where r.rolname = current_user
            """
        )
        superuser, bypasses, owns, belongs = cursor.fetchone()
    if superuser or bypasses or owns or belongs:
        return [
            Error(
                "DATABASE_URL must name the application's role, which owns no table, is no superuser, bypasses no row "
                "security and belongs to no other role. See `manage.py database_roles`.",
                id="exchange.E004",
            )
        ]
    return []


@register(Tags.database)
def exercise_people(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """The exercise's people, whose addresses end in .example, are no people of a production portal.

    A portal that names its exercise on every page has them, over TLS too: docs/adr/0028-what-starts.md.
    """
    if not databases or "default" not in databases or not settings.OVER_TLS or settings.EXERCISE:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('accounts_user') is not null")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("select exists(select 1 from accounts_user where is_active and email like '%.example')")
        if cursor.fetchone()[0]:
            return [Error("An exercise's account is active in this database.", id="exchange.E005")]
    return []
