"""Triggers that refuse update, delete and truncate of audit events to everybody, the owner included."""

from django.db import migrations

TABLES = ["audit_auditevent"]

FUNCTION = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
"""


def triggers(table: str) -> str:
    """The SQL of one table's triggers."""
    return f"""
    create trigger append_only_rows before update or delete on {table}
        for each row execute function refuse_change();
    create trigger append_only_table before truncate on {table}
        for each statement execute function refuse_change();
    """


def undo(table: str) -> str:
    """The SQL that takes them away again."""
    return f"drop trigger append_only_rows on {table}; drop trigger append_only_table on {table};"


class Migration(migrations.Migration):
    """After the table."""

    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTION, "drop function refuse_change();"),
        *[migrations.RunSQL(triggers(table), undo(table)) for table in TABLES],
    ]
