"""What can be done with accounts; each function is one transaction.

Access is checked by the caller (`views`), except where a secret itself is the access.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from martelo.accounts import details
from martelo.accounts.house import read_house
from martelo.accounts.models import Account, ApiKey, PasswordLink, RefreshFamily
from martelo.accounts.passwords import Passwords
from martelo.accounts.refusals import (
    AccountNotFound,
    BadCredentials,
    BadRefreshToken,
    EmailTaken,
    KeyNotFound,
    TooManyKeys,
    WrongPassword,
)
from martelo.accounts.secrets import (
    IssuedKey,
    family_of,
    is_hash_of,
    new_api_key,
    new_refresh_token,
    prefix_of,
    sha256,
)
from martelo.kernel.email_addresses import MAX_EMAIL_LENGTH
from martelo.kernel.one_line import clean_line
from martelo.kernel.refusal import FieldError, InvalidInput

BUYER = "buyer"
ADMIN = "admin"
FAMILY_LIFETIME = timedelta(days=30)
"""After this a person signs in again, however often the token was renewed."""

MAX_KEYS = 20

USE_PRECISION = timedelta(minutes=1)
"""The last use of a key is stored at most this often."""

Finish = Callable[[Account], None]
"""What else a new password does, in its transaction: sessions end, a notice is sent."""


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """A person's new password and their present one; `revokes_keys` says if API keys end too."""

    current: str
    password: str
    revokes_keys: bool = True


def register(email: str, password: str, name: str, passwords: Passwords) -> Account:
    """Make an account; everyone is a buyer.

    Raises:
        InvalidInput: A detail breaks its rule.
        EmailTaken: An account with this e-mail exists.
    """
    email, name = details.clean_email(email), clean_line(name)
    password = details.clean_password(password)
    known = _guessable(email, name)
    _refuse(
        *details.email_faults(email),
        *details.name_faults("name", name),
        *details.password_faults("password", password, known),
    )
    hashed = passwords.hash(password)
    account = Account(email=email, name=name, password=hashed, roles=[BUYER])
    # Not an insert that fails: the database would log the row.
    Account.objects.bulk_create([account], ignore_conflicts=True)
    created = Account.objects.filter(pk=account.pk).first()
    if created is None:
        raise EmailTaken
    return created


def sign_in(email: str, password: str, passwords: Passwords) -> Account:
    """Return the account that has both.

    Raises:
        BadCredentials: No account has both.
    """
    password = details.clean_password(password)
    if len(password) > details.MAX_PASSWORD_LENGTH:
        raise BadCredentials
    account = find_by_email(email)
    if not passwords.matches(account.password if account else None, password) or account is None:
        raise BadCredentials
    if passwords.is_outdated(account.password):
        _rehash(account, password, passwords)
    return account


@contextmanager
def while_current(account: Account) -> Iterator[None]:
    """Hold off changes of an account's password while a sign-in with it begins in the block.

    Raises:
        BadCredentials: The password was changed after it was checked.
    """
    with transaction.atomic():
        unchanged = Account.objects.filter(id=account.id, password=account.password)
        if unchanged.select_for_update().first() is None:
            raise BadCredentials
        yield


def find_by_email(email: str) -> Account | None:
    """Return the account with this e-mail, in upper or lower case, or `None`.

    Accounts from before a rule of addresses are found, too.
    """
    email = details.clean_email(email)
    if len(email) > MAX_EMAIL_LENGTH or not (email.isascii() and email.isprintable()):
        return None
    lowered = Account.objects.alias(lowered=Lower("email"))
    return lowered.filter(lowered=email.lower()).first()


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
        BadRefreshToken: It was used, revoked, has expired, or is unknown.
    """
    family_id = family_of(token)
    if family_id is None:
        raise BadRefreshToken
    successor = new_refresh_token(family_id)
    family = RefreshFamily.objects.filter(id=family_id, revoked_at=None)
    current = family.filter(current_sha256=sha256(token), expires_at__gt=now)
    if not current.update(current_sha256=sha256(successor)):
        family.update(revoked_at=now)
        raise BadRefreshToken
    return RefreshFamily.objects.select_related("account").get(id=family_id).account, successor


def sign_out(token: str, now: datetime) -> None:
    """End the family whose current refresh token this is; any other token changes nothing."""
    family = RefreshFamily.objects.filter(current_sha256=sha256(token), revoked_at=None)
    family.filter(id=family_of(token)).update(revoked_at=now)


def get_account(account_id: str) -> Account:
    """Return an account.

    Raises:
        AccountNotFound: There is none, or this is not an id.
    """
    try:
        return Account.objects.get(id=uuid.UUID(account_id))
    except (Account.DoesNotExist, ValueError) as error:
        raise AccountNotFound from error


def rename(account_id: str, name: str) -> None:
    """Give an account another name.

    Raises:
        InvalidInput: the name breaks a rule.
        AccountNotFound: there is no such account.
    """
    name = clean_line(name)
    _refuse(*details.name_faults("name", name))
    account = get_account(account_id)
    account.name = name
    account.save(update_fields=["name"])


def change_password(
    account_id: str,
    change: PasswordChange,
    passwords: Passwords,
    now: datetime,
    finish: Finish,
) -> None:
    """Give an account another password, and end what was opened with the old one.

    Raises:
        WrongPassword: the current password is another.
        InvalidInput: the new one breaks a rule.
        AccountNotFound: there is no such account.
    """
    account = get_account(account_id)
    password = details.clean_password(change.password)
    check_password(account, password)
    if len(change.current) > details.MAX_PASSWORD_LENGTH or not passwords.matches(
        account.password, details.clean_password(change.current)
    ):
        raise WrongPassword
    checked, account.password = account.password, passwords.hash(password)
    with transaction.atomic():
        unchanged = Account.objects.filter(id=account.id, password=checked)
        if unchanged.select_for_update().first() is None:
            raise WrongPassword
        replace_password(account, now, revokes_keys=change.revokes_keys)
        finish(account)


def check_password(account: Account, password: str) -> None:
    """Check a cleaned password that an account shall have.

    Raises:
        InvalidInput: it breaks a rule.
    """
    known = _guessable(account.email, account.name)
    _refuse(*details.password_faults("password", password, known))


def replace_password(account: Account, now: datetime, *, revokes_keys: bool) -> None:
    """Store an account's new hash; refresh tokens, links and, if wanted, API keys end with it."""
    account.save(update_fields=["password"])
    RefreshFamily.objects.filter(account=account, revoked_at=None).update(revoked_at=now)
    PasswordLink.objects.filter(account=account, closed_at=None).update(closed_at=now)
    if revokes_keys:
        revoke_keys(str(account.id), now)


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
    _refuse(
        *details.name_faults("name", name),
        *details.scope_faults(order.scopes),
        *details.key_days_faults(days),
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


def roles_by_key(account: Account) -> list[str]:
    """Return the roles in which an account's programs act: never as an administrator."""
    return [role for role in account.roles if role != ADMIN]


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


def grant_admin(email: str) -> Account:
    """Give an account the role `admin`; done once or twice, it is the same.

    Raises:
        AccountNotFound: there is no account with this e-mail.
    """
    account = find_by_email(email)
    if account is None:
        raise AccountNotFound
    if ADMIN not in account.roles:
        account.roles = [*account.roles, ADMIN]
        account.save(update_fields=["roles"])
    return account


def _rehash(account: Account, password: str, passwords: Passwords) -> None:
    checked, account.password = account.password, passwords.hash(password)
    unchanged = Account.objects.filter(id=account.id, password=checked)
    if not unchanged.update(password=account.password):
        account.refresh_from_db()
        if not passwords.matches(account.password, password):
            raise BadCredentials


def _guessable(email: str, name: str) -> tuple[str, ...]:
    """Return what others know of a person and the house, and try as a password first."""
    return email, email.partition("@")[0], name, read_house().name


def _refuse(*faults: FieldError) -> None:
    if faults:
        raise InvalidInput(faults)
