"""The same triggers on what has crossed a border: events, frozen versions, signatures."""

from importlib import import_module

from django.db import migrations

audit = import_module("audit.migrations.0002_append_only")

TABLES = ["mla_requestevent", "mla_requestversion", "mla_signature"]


class Migration(migrations.Migration):
    """After the tables, and after the function."""

    dependencies = [("mla", "0001_initial"), ("audit", "0002_append_only")]

    operations = [migrations.RunSQL(audit.triggers(table), audit.undo(table)) for table in TABLES]
