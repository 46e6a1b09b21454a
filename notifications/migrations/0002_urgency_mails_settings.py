import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

URGENCIES = [('action', 'Needs you'), ('news', 'For your information')]
SETTLED = [
    ('own', 'done by you'),
    ('colleague', 'done by a colleague'),
    ('moved_on', 'moved on meanwhile'),
    ('replaced', 'see the newer one'),
]
WAYS = [
    ('at_once', 'by mail at once'),
    ('digest', 'in the daily summary'),
    ('bell', 'only under the bell'),
]

# A mail that no server had taken yet is still to be sent.
OPEN_MAILS = """
    insert into notifications_mail (id, person_id, created_at, next_try, attempts)
    select id, person_id, created_at, next_try, attempts
      from notifications_outbox where done_at is not null and mailed_at is null;
    update notifications_notification n set by_mail = 'at_once', mail_id = m.id
      from notifications_mail m where m.id = n.id;
"""


def told(model: str) -> list[migrations.AddField]:
    """What an outbox row and a bell entry have in common."""
    return [
        migrations.AddField(model, 'urgency', models.CharField(choices=URGENCIES, default='news', max_length=10)),
        migrations.AddField(model, 'settled', models.CharField(blank=True, choices=SETTLED, max_length=10)),
        migrations.AddField(model, 'settled_at', models.DateTimeField(null=True)),
        migrations.AlterField(
            model, 'created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')
        ),
        migrations.AlterField(model, 'event', models.CharField(max_length=60, verbose_name='event')),
        migrations.AlterField(
            model,
            'person',
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name='+',
                to=settings.AUTH_USER_MODEL,
                verbose_name='person',
            ),
        ),
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailSettings',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('ways', models.JSONField(default=dict)),
                ('digest_hour', models.PositiveSmallIntegerField(default=8)),
                ('paused_until', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'settings of mail',
                'verbose_name_plural': 'settings of mail',
                'constraints': [models.CheckConstraint(condition=models.Q(('digest_hour__lte', 23)), name='mail_settings_hour')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('next_try', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('done_at', models.DateTimeField(null=True)),
                ('day', models.DateField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['next_try'], name='mail_open')],
                'constraints': [models.UniqueConstraint(fields=('person', 'day'), name='mail_one_summary_a_day')],
            },
        ),
        migrations.RemoveIndex('notification', 'notification_newest'),
        migrations.RemoveIndex('notification', 'notification_unread'),
        *told('notification'),
        *told('outbox'),
        migrations.AddField(
            'notification',
            'waits',
            models.GeneratedField(
                db_persist=True,
                expression=models.Q(('settled_at', None), ('urgency', 'action')),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.AddField('notification', 'by_mail', models.CharField(choices=WAYS, default='bell', max_length=10)),
        migrations.AddField(
            'notification',
            'mail',
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='entries', to='notifications.mail'),
        ),
        migrations.AddIndex(
            'notification',
            models.Index(fields=['person', '-waits', '-created_at', '-id'], name='notification_page'),
        ),
        migrations.AddIndex(
            'notification',
            models.Index(condition=models.Q(('read_at', None), ('settled_at', None)), fields=['person'], name='notification_unread'),
        ),
        migrations.AddIndex(
            'notification',
            models.Index(condition=models.Q(('by_mail', 'digest'), ('mail', None), ('read_at', None), ('settled_at', None)), fields=['person'], name='notification_for_summary'),
        ),
        migrations.AddIndex(
            'notification',
            models.Index(condition=models.Q(('settled_at', None), ('urgency', 'action')), fields=['subject_id'], name='notification_waiting'),
        ),
        migrations.RunSQL(OPEN_MAILS, migrations.RunSQL.noop),
        migrations.RemoveIndex('outbox', 'outbox_open'),
        migrations.RemoveField('outbox', 'mail_claimed_at'),
        migrations.RemoveField('outbox', 'mailed_at'),
        migrations.AddIndex(
            'outbox',
            models.Index(condition=models.Q(('done_at', None)), fields=['next_try'], name='outbox_open'),
        ),
        migrations.AddIndex(
            'outbox',
            models.Index(condition=models.Q(('done_at', None)), fields=['subject_id'], name='outbox_subject'),
        ),
    ]
