"""The tables of accounts."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower


class Account(models.Model):
    """A person. `email` is kept as typed and unique whatever its case; `password` is a hash."""

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

    objects: ClassVar[models.Manager[Account]] = models.Manager()

    class Meta:  # noqa: D106 - Django's own way to say the table's constraints
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="account_email_unique"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ApiKey(models.Model):
    """A program's key. `prefix` names it in lists; of the key itself only a hash is kept."""

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
