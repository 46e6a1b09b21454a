"""The same triggers on the frozen versions of items: what a share is bound to is never rewritten."""

from importlib import import_module

from django.db import migrations

audit = import_module("audit.migrations.0002_append_only")

TABLES = ["cases_itemversion"]


class Migration(migrations.Migration):
    """After the table, and after the function."""

    dependencies = [("cases", "0003_documents"), ("audit", "0002_append_only")]

    operations = [migrations.RunSQL(audit.triggers(table), audit.undo(table)) for table in TABLES]
