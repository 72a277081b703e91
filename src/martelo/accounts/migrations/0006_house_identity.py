"""Who runs the house, its own texts, and who accepted its terms."""

import django.db.models.deletion
from django.db import migrations, models

_TEXTS = {
    "tagline": 120,
    "accent": 7,
    "contact_email": 254,
    "contact_phone": 40,
    "postal_address": 300,
    "legal_name": 160,
    "tax_id": 18,
    "auctioneer_registration": 80,
    "logo_digest": 64,
}


class Migration(migrations.Migration):
    """Identity and documents of the house."""

    dependencies = [("accounts", "0005_email_confirmation")]

    operations = [
        *(
            migrations.AddField(
                model_name="housesettings",
                name=name,
                field=models.CharField(default="", max_length=length),
            )
            for name, length in _TEXTS.items()
        ),
        migrations.AddField(
            model_name="housesettings",
            name="conducted_by",
            field=models.CharField(default="seller", max_length=16),
        ),
        migrations.AddField(
            model_name="housesettings",
            name="terms_version",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="account",
            name="terms_version",
            field=models.IntegerField(default=0),
        ),
        migrations.CreateModel(
            name="HouseLogo",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="house_logo_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="HouseDocument",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("version", models.IntegerField()),
                ("text", models.TextField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "version"), name="house_document_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField()),
                ("accepted_at", models.DateTimeField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "version"), name="terms_accepted_once"
                    )
                ],
            },
        ),
    ]
