"""API keys: making, finding and revoking them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from martelo.accounts.details import name_faults
from martelo.accounts.models import Account, ApiKey
from martelo.accounts.refusals import AccountNotFound, KeyNotFound, TooManyKeys
from martelo.accounts.tokens.key_rules import key_days_faults, scope_faults
from martelo.accounts.tokens.secrets import IssuedKey, is_hash_of, new_api_key, prefix_of
from martelo.kernel.one_line import clean_line
from martelo.kernel.refusal import refuse_faults

MAX_KEYS = 20

USE_PRECISION = timedelta(minutes=1)
"""The last use of a key is stored at most this often."""


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """An API key to make; without `expires_in_days` it does not expire."""

    name: str
    scopes: Sequence[str]
    expires_in_days: int | None = None


def create_key(account_id: str, order: KeyOrder, now: datetime) -> tuple[ApiKey, IssuedKey]:
    """Make an API key for an account.

    Raises:
        InvalidInput: the name, the scopes or the lifetime break a rule.
        AccountNotFound: there is no such account.
        TooManyKeys: it holds `MAX_KEYS`.
    """
    name, days = clean_line(order.name), order.expires_in_days
    refuse_faults(
        *name_faults("name", name),
        *scope_faults(order.scopes),
        *key_days_faults(days),
    )
    issued = new_api_key()
    with transaction.atomic():
        # The row is locked so that two requests cannot both take the last place.
        account = Account.objects.select_for_update().filter(id=uuid.UUID(account_id)).first()
        if account is None:
            raise AccountNotFound
        if _valid_keys(now).filter(account=account).count() >= MAX_KEYS:
            raise TooManyKeys
        key = ApiKey.objects.create(
            prefix=issued.prefix,
            sha256=issued.sha256,
            account=account,
            name=name,
            scopes=list(order.scopes),
            expires_at=None if days is None else now + timedelta(days=days),
        )
    return key, issued


def list_keys(account_id: str, now: datetime) -> list[ApiKey]:
    """Return the valid keys of an account, newest first; `MAX_KEYS` at the most."""
    keys = _valid_keys(now).filter(account_id=account_id)
    return list(keys.order_by("-created_at", "prefix"))


def revoke_key(account_id: str, prefix: str, now: datetime) -> None:
    """Revoke one key of an account.

    Raises:
        KeyNotFound: it has no such key, or not any more.
    """
    key = ApiKey.objects.filter(account_id=account_id, prefix=prefix, revoked_at=None)
    if not key.update(revoked_at=now):
        raise KeyNotFound


def revoke_keys(account_id: str, now: datetime) -> None:
    """Revoke every key of an account."""
    ApiKey.objects.filter(account_id=account_id, revoked_at=None).update(revoked_at=now)


def find_key(text: str, now: datetime) -> ApiKey:
    """Return the API key somebody presented, with its account, and note its use.

    Raises:
        KeyNotFound: there is no such key, or it was revoked or has expired.
    """
    prefix = prefix_of(text)
    key = _valid_keys(now).select_related("account").filter(prefix=prefix).first()
    if key is None or not is_hash_of(key.sha256, text):
        raise KeyNotFound
    if key.used_at is None or now - key.used_at >= USE_PRECISION:
        ApiKey.objects.filter(prefix=key.prefix).update(used_at=now)
    return key


def _valid_keys(now: datetime) -> QuerySet[ApiKey]:
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    return ApiKey.objects.filter(unexpired, revoked_at=None)
