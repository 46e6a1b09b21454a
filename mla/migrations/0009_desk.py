"""When each side last saw a step taken, and the indexes by which a desk is read."""

import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# As the steps on record say it.
WHEN_IT_MOVED = """
    update mla_assistancerequest request
       set requesting_moved_at = coalesce(moved.requesting, request.created_at), requested_moved_at = moved.requested
      from (select request_id,
                   max(at) filter (where side in ('requesting', 'wire')) as requesting,
                   max(at) filter (where side in ('requested', 'wire')) as requested
              from mla_requestevent group by request_id) moved
     where moved.request_id = request.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_coming_and_going'),
        ('cases', '0011_desk'),
        ('mla', '0008_faces_of_requests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='assistancerequest',
            name='requested_moved_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='assistancerequest',
            name='requesting_moved_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.RunSQL(WHEN_IT_MOVED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(condition=models.Q(('state__in', ['closed', 'discarded', 'withdrawn']), _negated=True), fields=['drafting_agency', 'deadline', 'requesting_moved_at', 'id'], name='request_open_drafting'),
        ),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(condition=models.Q(('state__in', ['closed', 'discarded', 'withdrawn']), _negated=True), fields=['sending_authority', 'deadline', 'requesting_moved_at', 'id'], name='request_open_sending'),
        ),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(condition=models.Q(('state__in', ['closed', 'discarded', 'withdrawn']), _negated=True), fields=['receiving_authority', 'deadline', 'requested_moved_at', 'id'], name='request_open_receiving'),
        ),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(fields=['drafting_agency', '-requesting_moved_at'], name='request_moved_drafting'),
        ),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(fields=['sending_authority', '-requesting_moved_at'], name='request_moved_sending'),
        ),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(fields=['receiving_authority', '-requested_moved_at'], name='request_moved_receiving'),
        ),
    ]
