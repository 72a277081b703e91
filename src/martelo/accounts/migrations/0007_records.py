"""Records of access, and of what administrators did."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Access records and audit log."""

    dependencies = [("accounts", "0006_house_identity")]

    operations = [
        migrations.CreateModel(
            name="AccessRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("act", models.CharField(max_length=32)),
                ("address", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.account",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-at"], name="access_of_account")],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
                ("act", models.CharField(max_length=32)),
                ("subject", models.CharField(default="", max_length=120)),
            ],
        ),
    ]
