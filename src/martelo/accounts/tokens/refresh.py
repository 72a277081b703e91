"""Refresh tokens: one sign-in is a family of them, of which the newest is good."""

from datetime import datetime, timedelta

from martelo.accounts.lookup import while_current
from martelo.accounts.models import Account, RefreshFamily
from martelo.accounts.refusals import BadRefreshToken, RefreshTokenReused
from martelo.accounts.tokens.secrets import family_of, new_refresh_token, sha256

FAMILY_LIFETIME = timedelta(days=30)
"""After this a person signs in again, however often the token was renewed."""


def start_family(account: Account, now: datetime) -> str:
    """Return the first refresh token of a sign-in; the person's expired families go.

    Raises:
        BadCredentials: The password was changed after it was checked.
    """
    RefreshFamily.objects.filter(account=account, expires_at__lte=now).delete()
    family = RefreshFamily(account=account, expires_at=now + FAMILY_LIFETIME)
    token = new_refresh_token(family.id)
    family.current_sha256 = sha256(token)
    with while_current(account):
        family.save(force_insert=True)
    return token


def refresh(token: str, now: datetime) -> tuple[Account, str]:
    """Return the account of a refresh token and the token that takes its place.

    Of many calls with one token one succeeds, because the exchange is a single conditional
    update. Every other is a reuse: the token has leaked, so its family ends.

    Raises:
        RefreshTokenReused: It was used.
        BadRefreshToken: It was revoked, has expired, or is unknown.
    """
    family_id = family_of(token)
    if family_id is None:
        raise BadRefreshToken
    successor = new_refresh_token(family_id)
    family = RefreshFamily.objects.filter(id=family_id, revoked_at=None)
    current = family.filter(current_sha256=sha256(token), expires_at__gt=now)
    if not current.update(current_sha256=sha256(successor)):
        owner = family.filter(expires_at__gt=now).values_list("account_id", flat=True).first()
        if family.update(revoked_at=now) and owner is not None:
            raise RefreshTokenReused(str(owner))
        raise BadRefreshToken
    return RefreshFamily.objects.select_related("account").get(id=family_id).account, successor


def sign_out(token: str, now: datetime) -> None:
    """End the family whose current refresh token this is; any other token changes nothing."""
    family = RefreshFamily.objects.filter(current_sha256=sha256(token), revoked_at=None)
    family.filter(id=family_of(token)).update(revoked_at=now)
