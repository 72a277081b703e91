"""E-mails of accounts, and the links to a new password in them."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    """The outbox and the password links."""

    dependencies = [("accounts", "0002_house_settings")]

    operations = [
        migrations.CreateModel(
            name="PasswordLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
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
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("email", models.CharField(max_length=254)),
                ("language", models.CharField(max_length=8)),
                ("created_at", models.DateTimeField(db_index=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("first_tried_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(default="", max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(django.db.models.functions.text.Lower("email"), name="mail_email"),
                    models.Index(
                        fields=["due_at"],
                        name="mail_due",
                        condition=models.Q(("due_at__isnull", False)),
                    ),
                ],
            },
        ),
    ]
