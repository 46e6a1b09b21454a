"""What waits to be acknowledged is listed by the day on which it came: its index follows."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mla', '0009_desk'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='assistancerequest', name='request_to_acknowledge'),
        migrations.AddIndex(
            model_name='assistancerequest',
            index=models.Index(
                condition=models.Q(('state', 'transmitted')),
                fields=['receiving_authority', 'requested_moved_at', 'id'],
                name='request_to_acknowledge',
            ),
        ),
    ]
