"""Journals: requests on paper, and what the lines of a journal are compared and found by."""

import uuid

import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from cases.folding import folded
from mla.numbers import searchable

NEVER_REMOVED = ["mla_registernumber", "mla_paperrequest"]
FUNCTION = """
create or replace function refuse_removal() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are never removed', tg_table_name using errcode = 'insufficient_privilege';
end $$;
"""


def triggers(table):
    """The SQL of one table's triggers."""
    return f"""
    create trigger never_removed_rows before delete on {table}
        for each row execute function refuse_removal();
    create trigger never_removed_table before truncate on {table}
        for each statement execute function refuse_removal();
    """


def undo(table):
    """The SQL that takes them away again."""
    return f"drop trigger never_removed_rows on {table}; drop trigger never_removed_table on {table};"


def fill(apps, schema_editor):
    """Numbers that are there already get what new ones get from mla/journal.py."""
    alias = schema_editor.connection.alias
    lines = apps.get_model("mla", "RegisterNumber").objects.using(alias)
    letters = apps.get_model("mla", "RequestVersion").objects.using(alias).filter(series="transmitted")
    for line in lines.select_related("request").iterator(chunk_size=500):
        request = line.request
        letter = letters.filter(request=request).order_by("-number").first()
        numbers = lines.filter(request=request).values_list("number", flat=True)
        case_number = letter.content.get("case_number", "") if letter else ""
        outgoing = line.direction == "outgoing"
        lines.filter(pk=line.pk).update(
            other_state=request.requested_state_id if outgoing else request.requesting_state_id,
            key=folded(line.number),
            search=searchable([*numbers, request.reference, case_number]),
        )


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
        ('mla', '0006_drafting'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # One of PostgreSQL's trusted extensions: the owner of the database may create it.
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.CreateModel(
            name='PaperRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('authority', models.CharField(max_length=200, verbose_name='authority')),
                ('their_number', models.CharField(blank=True, max_length=60, verbose_name='their number')),
                ('their_date', models.DateField(blank=True, null=True, verbose_name='date of their number')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('crossed_on', models.DateField(verbose_name='received or sent on')),
                ('answer_due', models.DateField(blank=True, null=True, verbose_name='answer asked by')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='answered on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('remark', models.TextField(blank=True, max_length=2000, verbose_name='remark')),
                ('voided_at', models.DateTimeField(editable=False, null=True)),
                ('void_reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='agency')),
            ],
            options={
                'verbose_name': 'request on paper',
                'verbose_name_plural': 'requests on paper',
            },
        ),
        migrations.AlterField(
            model_name='registernumber',
            name='request',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='mla.assistancerequest'),
        ),
        migrations.AddField(
            model_name='registernumber',
            name='paper',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='line', to='mla.paperrequest'),
        ),
        migrations.AddField(
            model_name='registernumber',
            name='other_state',
            field=models.CharField(default='', max_length=3, verbose_name='other state'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='registernumber',
            name='key',
            field=models.CharField(default='', editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='registernumber',
            name='search',
            field=models.TextField(default='', editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='registernumber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paper__isnull', False), ('request', None)), models.Q(('paper', None), ('request__isnull', False)), _connector='OR'), name='number_of_one_request'),
        ),
        migrations.AddIndex(
            model_name='registernumber',
            index=models.Index(fields=['agency', '-date', '-id'], name='number_newest'),
        ),
        migrations.AddIndex(
            model_name='registernumber',
            index=models.Index(fields=['agency', 'direction', '-date', '-id'], name='number_newest_of_one_way'),
        ),
        migrations.AddIndex(
            model_name='registernumber',
            index=models.Index(condition=models.Q(('paper__isnull', False)), fields=['agency', '-date', '-id'], name='number_newest_on_paper'),
        ),
        migrations.AddIndex(
            model_name='registernumber',
            index=models.Index(fields=['agency', 'direction', 'key'], name='number_key'),
        ),
        migrations.AddIndex(
            model_name='registernumber',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='number_search', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(condition=models.Q(('state', 'transmitted')), fields=['receiving_authority', 'created_at', 'id'], name='request_to_acknowledge'),
        ),
        migrations.RunSQL(FUNCTION, 'drop function refuse_removal();'),
        *[migrations.RunSQL(triggers(table), undo(table)) for table in NEVER_REMOVED],
    ]
