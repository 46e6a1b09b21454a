"""Treaties and their parties, and those that were known when this was written."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from agencies.migrations import _treaties


def fill(apps, schema_editor):
    """Put in what is known; later knowledge is a change of rows."""
    alias = schema_editor.connection.alias
    for name, rows in (("Treaty", _treaties.TREATIES), ("TreatyParty", _treaties.PARTIES)):
        model = apps.get_model("agencies", name)
        model.objects.using(alias).bulk_create([model(**row) for row in rows])


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Treaty',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='code')),
                ('kind', models.CharField(choices=[('convention', 'convention'), ('amendment', 'amending protocol'), ('bilateral', 'bilateral treaty')], max_length=12, verbose_name='kind')),
                ('name_en', models.CharField(max_length=150, verbose_name='name in English')),
                ('name_ru', models.CharField(max_length=150, verbose_name='name in Russian')),
                ('title_en', models.CharField(max_length=300, verbose_name='full title in English')),
                ('title_ru', models.CharField(max_length=300, verbose_name='full title in Russian')),
                ('noun', models.CharField(choices=[('assignment', 'assignment'), ('request', 'request')], max_length=12, verbose_name='noun of a request')),
                ('articles', models.JSONField(blank=True, default=dict, verbose_name='articles')),
                ('offences', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('firearms_trafficking', 'illicit manufacturing of and trafficking in firearms'), ('terrorism_financing', 'financing of terrorism'), ('terrorist_bombing', 'terrorist bombing'), ('corruption', 'corruption'), ('organised_crime', 'organised crime'), ('other', 'another offence')], max_length=30), blank=True, default=list, size=None, verbose_name='offences')),
                ('least_penalty', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='highest penalty at least, in years')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('direct', 'between the authorities that each state has named'), ('central_authorities', 'between central authorities'), ('diplomatic', 'diplomatic channel'), ('interpol_urgent', 'through INTERPOL, in urgent cases, if agreed')], max_length=20), blank=True, default=list, size=None, verbose_name='channels')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list, size=None, verbose_name='languages')),
                ('seal', models.BooleanField(blank=True, null=True, verbose_name='official seal wanted')),
                ('signed', models.DateField(blank=True, null=True, verbose_name='signed or adopted')),
                ('in_force', models.DateField(blank=True, null=True, verbose_name='in force from')),
                ('verified', models.BooleanField(default=False, help_text='Found in a public source, not only known.', verbose_name='verified')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('note_en', models.CharField(blank=True, max_length=500, verbose_name='note in English')),
                ('note_ru', models.CharField(blank=True, max_length=500, verbose_name='note in Russian')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='protocols', to='agencies.treaty', verbose_name='convention that it amends or supplements')),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='agencies.treaty', verbose_name='treaty that takes its place between the parties of that one')),
            ],
            options={
                'verbose_name': 'treaty',
                'verbose_name_plural': 'treaties',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='TreatyParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}\\Z')], verbose_name='state')),
                ('is_party', models.BooleanField(default=True, verbose_name='party')),
                ('consented', models.DateField(blank=True, help_text='Before this day it was not bound, even where the day of entry into force is not known.', null=True, verbose_name='law, deposit or notification')),
                ('starts', models.DateField(blank=True, null=True, verbose_name='in force from')),
                ('ends', models.DateField(blank=True, help_text='The last day, when denounced.', null=True, verbose_name='in force to')),
                ('verified', models.BooleanField(default=False, help_text='Found in a public source, not only known.', verbose_name='verified')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
                ('note_en', models.CharField(blank=True, max_length=500, verbose_name='note in English')),
                ('note_ru', models.CharField(blank=True, max_length=500, verbose_name='note in Russian')),
                ('treaty', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='agencies.treaty')),
            ],
            options={
                'verbose_name': 'party to a treaty',
                'verbose_name_plural': 'parties to treaties',
                'ordering': ['treaty_id', 'state', 'starts'],
                'constraints': [models.UniqueConstraint(fields=('treaty', 'state', 'starts'), name='treaty_party_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('ends', None), ('starts', None), ('ends__gte', models.F('starts')), _connector='OR'), name='treaty_party_ends_after_start')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
