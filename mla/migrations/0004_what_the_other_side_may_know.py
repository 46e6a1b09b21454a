"""Bring what steps have shared and given so far to what the other side may know of it."""

from django.db import migrations

# The series of the owner counted domestic steps; a share of a step goes by its request's reference.
WITHOUT_NUMBERS = "update cases_share set reference = null where via_request is not null"
# The owner of the attachments neither reads who assigned nor, while it is not disclosed, to whom.
BEHIND = """
    update cases_share share
       set decided_by_id = null,
           behind_id = case when assignment.disclosed then null else request.receiving_authority_id end
      from mla_assistancerequest request
      join mla_assignment assignment on assignment.request_id = request.id
     where share.via_request = request.id and share.via_step = 'accept_and_assign'
"""
# The requested side lists a request by when it came, not by when it was begun.
WHEN_IT_CAME = """
    update mla_requestgroupgrant given
       set sort_at = came.frozen_at
      from mla_requestversion came
     where came.request_id = given.content_object_id and came.series = 'transmitted' and came.number = 1
       and given.source in ('requested', 'assignment')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_shares_of_steps'),
        ('mla', '0003_crossing_items'),
    ]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (WITHOUT_NUMBERS, BEHIND, WHEN_IT_CAME)
    ]
