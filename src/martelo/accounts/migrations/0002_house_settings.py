"""What administrators decide for the whole house."""

import django.contrib.postgres.fields
from django.db import migrations, models

import martelo.accounts.models


class Migration(migrations.Migration):
    """One row of settings; without it the defaults hold."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="HouseSettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name", models.CharField(default="Martelo", max_length=80)),
                ("sender_name", models.CharField(default="Martelo", max_length=80)),
                ("language", models.CharField(default="pt-BR", max_length=8)),
                ("tone", models.CharField(default="warm", max_length=16)),
                ("winner_naming", models.CharField(default="first_and_initial", max_length=32)),
                (
                    "posts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        default=martelo.accounts.models.sold_only,
                        size=None,
                    ),
                ),
                ("changed_by", models.UUIDField(null=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="house_settings_one_row"
                    )
                ],
            },
        ),
    ]
