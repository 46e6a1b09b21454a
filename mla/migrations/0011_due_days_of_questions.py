"""While questions are open, a request is due when their answer is: in its faces too."""

from django.db import migrations

QUESTIONS = """
    update mla_requestface face
       set deadline = asked.due
      from mla_informationround asked
     where asked.request_id = face.request_id and asked.sent_at is null and face.state = 'info_requested'
"""


class Migration(migrations.Migration):
    dependencies = [("mla", "0010_acknowledge_in_order")]
    operations = [migrations.RunSQL(QUESTIONS, migrations.RunSQL.noop)]
