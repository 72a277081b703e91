"""When accounts were closed, and erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Closing of accounts."""

    dependencies = [("accounts", "0007_records")]

    operations = [
        migrations.AddField(
            model_name="account",
            name=name,
            field=models.DateTimeField(null=True),
        )
        for name in ("closed_at", "erased_at")
    ]
