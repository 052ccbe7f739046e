from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("streaming", "0004_persona_ended"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="persona_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
