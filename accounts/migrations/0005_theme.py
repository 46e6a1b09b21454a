from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_what_a_sending_said'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='theme',
            field=models.CharField(
                choices=[('device', 'As my device'), ('light', 'Light'), ('dark', 'Dark')],
                default='device',
                max_length=10,
            ),
        ),
    ]
