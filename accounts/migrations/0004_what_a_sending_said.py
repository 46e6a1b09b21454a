from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='says',
            field=models.CharField(blank=True, default='', max_length=64),
            preserve_default=False,
        ),
    ]
