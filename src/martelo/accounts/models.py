"""The tables of accounts."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower


def sold_only() -> list[str]:
    """Return which ends of auctions a house posts unless it says otherwise."""
    return ["sold"]


class Account(models.Model):
    """A person. `email` is stored as typed and unique in any case; `password` is a hash.

    `terms_version` is the newest version of the house's terms that the person accepted, 0 for none.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    email: models.CharField[str, str] = models.CharField(max_length=254)
    name: models.CharField[str, str] = models.CharField(max_length=80)
    password: models.CharField[str, str] = models.CharField(max_length=200)
    roles: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=16), default=list
    )
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    email_confirmed_at: models.DateTimeField[datetime | None, datetime | None] = (
        models.DateTimeField(null=True)
    )
    terms_version: models.IntegerField[int, int] = models.IntegerField(default=0)
    closed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    erased_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's constraints
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="account_email_unique"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ApiKey(models.Model):
    """A program's key. `prefix` names it in lists; of the key itself only a hash is stored.

    Without `expires_at` it does not expire; `used_at` is exact to a minute.
    """

    prefix: models.CharField[str, str] = models.CharField(max_length=16, primary_key=True)
    account: models.ForeignKey[Account, Account] = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+"
    )
    name: models.CharField[str, str] = models.CharField(max_length=80)
    sha256: models.CharField[str, str] = models.CharField(max_length=64)
    scopes: ArrayField[list[str], list[str]] = ArrayField(models.CharField(max_length=16))
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    expires_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    used_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects: ClassVar[models.Manager[ApiKey]] = models.Manager()

    def __str__(self) -> str:
        return self.prefix


class RefreshFamily(models.Model):
    """One sign-in and the refresh tokens it led to, of which only the newest serves.

    `current_sha256` hashes that one. A family that is `revoked_at` or past `expires_at` is over.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    account: models.ForeignKey[Account, Account] = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+"
    )
    current_sha256: models.CharField[str, str] = models.CharField(max_length=64)
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    revoked_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects: ClassVar[models.Manager[RefreshFamily]] = models.Manager()

    def __str__(self) -> str:
        return str(self.id)


class PasswordLink(models.Model):
    """A link that sets a new password once; the newest of an account only.

    The link itself is computed, not stored. It is over from `closed_at` or `expires_at` on. One
    that was `mailed` proves the account's address when it is used.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    account: models.ForeignKey[Account, Account] = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+"
    )
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    closed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    mailed: models.BooleanField[bool, bool] = models.BooleanField(default=True)

    objects: ClassVar[models.Manager[PasswordLink]] = models.Manager()

    def __str__(self) -> str:
        return str(self.id)


class EmailLink(models.Model):
    """A link that confirms an account's address, or makes another one its address.

    It was sent to `email`. The link itself is computed, not stored; its page goes on to
    `next_path`. It is over from `closed_at` or `expires_at` on.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    account: models.ForeignKey[Account, Account] = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+"
    )
    email: models.CharField[str, str] = models.CharField(max_length=254)
    next_path: models.CharField[str, str] = models.CharField(max_length=500, default="/")
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    closed_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )

    objects: ClassVar[models.Manager[EmailLink]] = models.Manager()

    def __str__(self) -> str:
        return str(self.id)


class Mail(models.Model):
    """An e-mail of accounts, to be sent as long as `due_at` is set.

    `attempts` counts the claims; `outcome` says how it ended.
    """

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )
    kind: models.CharField[str, str] = models.CharField(max_length=32)
    email: models.CharField[str, str] = models.CharField(max_length=254)
    language: models.CharField[str, str] = models.CharField(max_length=8)
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    due_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)
    attempts: models.IntegerField[int, int] = models.IntegerField(default=0)
    first_tried_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True
    )
    outcome: models.CharField[str, str] = models.CharField(max_length=32, default="")

    objects: ClassVar[models.Manager[Mail]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's indexes
        indexes: ClassVar = [
            models.Index(Lower("email"), name="mail_email"),
            models.Index(
                fields=["due_at"], name="mail_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class HouseSettings(models.Model):
    """What administrators decided for the whole house: one row, made by the first change.

    Empty texts are not given; `terms_version` is the version in force, 0 where there are no terms.
    """

    id: models.SmallIntegerField[int, int] = models.SmallIntegerField(primary_key=True, default=1)
    name: models.CharField[str, str] = models.CharField(max_length=80, default="Martelo")
    sender_name: models.CharField[str, str] = models.CharField(max_length=80, default="Martelo")
    language: models.CharField[str, str] = models.CharField(max_length=8, default="pt-BR")
    tone: models.CharField[str, str] = models.CharField(max_length=16, default="warm")
    winner_naming: models.CharField[str, str] = models.CharField(
        max_length=32, default="first_and_initial"
    )
    posts: ArrayField[list[str], list[str]] = ArrayField(
        models.CharField(max_length=16), default=sold_only
    )
    who_may_sell: models.CharField[str, str] = models.CharField(max_length=16, default="everybody")
    tagline: models.CharField[str, str] = models.CharField(max_length=120, default="")
    accent: models.CharField[str, str] = models.CharField(max_length=7, default="")
    contact_email: models.CharField[str, str] = models.CharField(max_length=254, default="")
    contact_phone: models.CharField[str, str] = models.CharField(max_length=40, default="")
    postal_address: models.CharField[str, str] = models.CharField(max_length=300, default="")
    legal_name: models.CharField[str, str] = models.CharField(max_length=160, default="")
    tax_id: models.CharField[str, str] = models.CharField(max_length=18, default="")
    conducted_by: models.CharField[str, str] = models.CharField(max_length=16, default="seller")
    auctioneer_registration: models.CharField[str, str] = models.CharField(
        max_length=80, default=""
    )
    logo_digest: models.CharField[str, str] = models.CharField(max_length=64, default="")
    terms_version: models.IntegerField[int, int] = models.IntegerField(default=0)
    changed_by: models.UUIDField[uuid.UUID | None, uuid.UUID | None] = models.UUIDField(null=True)
    changed_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[HouseSettings]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's constraints
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="house_settings_one_row"),
        ]

    def __str__(self) -> str:
        return self.name


class HouseLogo(models.Model):
    """The house's logo, as the images API encoded it; one row at the most."""

    id: models.SmallIntegerField[int, int] = models.SmallIntegerField(primary_key=True, default=1)
    content: models.BinaryField[bytes, bytes] = models.BinaryField()

    objects: ClassVar[models.Manager[HouseLogo]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's constraints
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="house_logo_one_row"),
        ]

    def __str__(self) -> str:
        return "logo"


class HouseDocument(models.Model):
    """A version of a text of the house, in Markdown's safe subset; never changed afterwards."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    kind: models.CharField[str, str] = models.CharField(max_length=16)
    version: models.IntegerField[int, int] = models.IntegerField()
    text: models.TextField[str, str] = models.TextField()
    published_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    published_by: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField()

    objects: ClassVar[models.Manager[HouseDocument]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's constraints
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "version"], name="house_document_version"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class TermsAcceptance(models.Model):
    """A person accepted a version of the house's terms."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    account: models.ForeignKey[Account, Account] = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+"
    )
    version: models.IntegerField[int, int] = models.IntegerField()
    accepted_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    objects: ClassVar[models.Manager[TermsAcceptance]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's constraints
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "version"], name="terms_accepted_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AccessRecord(models.Model):
    """Somebody did something with an account, from a network address."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    account: models.ForeignKey[Account, Account] = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="+"
    )
    act: models.CharField[str, str] = models.CharField(max_length=32)
    address: models.CharField[str, str] = models.CharField(max_length=64)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[AccessRecord]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's indexes
        indexes: ClassVar = [models.Index(fields=["account", "-at"], name="access_of_account")]

    def __str__(self) -> str:
        return str(self.id)


class AuditEntry(models.Model):
    """An administrator's act; entries are added, never changed."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    by: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField()
    act: models.CharField[str, str] = models.CharField(max_length=32)
    subject: models.CharField[str, str] = models.CharField(max_length=120, default="")

    objects: ClassVar[models.Manager[AuditEntry]] = models.Manager()

    def __str__(self) -> str:
        return str(self.id)
