"""When API keys expire, and when they were last used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Keys from before do not expire."""

    dependencies = [("accounts", "0003_mail")]

    operations = [
        migrations.AddField(
            model_name="apikey", name="expires_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="apikey", name="used_at", field=models.DateTimeField(null=True)
        ),
    ]
