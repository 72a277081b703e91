"""Confirmed addresses, and the links that confirm them."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.state import StateApps


def confirm_existing(apps: StateApps, _schema: object) -> None:
    """Count the addresses of existing accounts as confirmed, so that nobody is stopped."""
    accounts = apps.get_model("accounts", "Account")
    accounts.objects.update(email_confirmed_at=models.F("created_at"))


class Migration(migrations.Migration):
    """Confirmation of e-mail addresses."""

    dependencies = [("accounts", "0004_key_use")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="email_confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(confirm_existing, migrations.RunPython.noop),
        migrations.AddField(
            model_name="housesettings",
            name="who_may_sell",
            field=models.CharField(default="everybody", max_length=16),
        ),
        migrations.AddField(
            model_name="passwordlink",
            name="mailed",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="EmailLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.CharField(max_length=254)),
                ("next_path", models.CharField(default="/", max_length=500)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
        ),
    ]
