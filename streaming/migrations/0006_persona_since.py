from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("streaming", "0005_speaks_draft"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="persona_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
