"""The rules of names, e-mail addresses, passwords and scopes."""

import unicodedata
from collections.abc import Iterable, Sequence

import idna
from django.contrib.auth.password_validation import CommonPasswordValidator

from martelo.accounts.portuguese_passwords import WORDS
from martelo.kernel.email_addresses import is_email_address
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.one_line import line_faults
from martelo.kernel.refusal import FieldError

MAX_NAME_LENGTH = 80
MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 256
SCOPES = ("read", "bid", "buy", "sell")
"""What an API key can be limited to."""

MAX_KEY_DAYS = 365
"""The longest lifetime that an API key can be given, in days; it can also be unlimited."""

_COMMON_PASSWORDS: frozenset[str] = frozenset(CommonPasswordValidator().passwords)


def clean_email(typed: str) -> str:
    """Return an address with its domain in ASCII, as mail servers know it (IDNA 2008, UTS 46).

    What cannot be converted is returned as it is; it is not an address.
    """
    local, at, domain = typed.rpartition("@")
    if domain.isascii():
        return typed
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode('ascii')}"
    except (idna.IDNAError, UnicodeError):
        return typed


def clean_password(typed: str) -> str:
    """Return a password in NFC, so that every keyboard's accents are the same ones."""
    return unicodedata.normalize("NFC", typed)


def name_faults(field: str, name: str) -> Iterable[FieldError]:
    """Return what is wrong with a cleaned name."""
    return line_faults(field, name, MAX_NAME_LENGTH)


def email_faults(email: str) -> Iterable[FieldError]:
    """Yield what is wrong with a cleaned e-mail address."""
    if not is_email_address(email):
        yield FieldError("email", FieldCode.NOT_AN_EMAIL)


def password_faults(field: str, password: str, known: Sequence[str]) -> Iterable[FieldError]:
    """Yield what is wrong with a cleaned password; `known` is what others can guess it from."""
    lowered = password.lower()
    if len(password) < MIN_PASSWORD_LENGTH:
        yield FieldError(field, FieldCode.TOO_SHORT, {"min": MIN_PASSWORD_LENGTH})
    elif len(password) > MAX_PASSWORD_LENGTH:
        yield FieldError(field, FieldCode.TOO_LONG, {"max": MAX_PASSWORD_LENGTH})
    elif (
        lowered.strip() in _COMMON_PASSWORDS or len(set(lowered)) < 4 or _letters(password) in WORDS
    ):
        yield FieldError(field, FieldCode.COMMON_PASSWORD)
    elif any(lowered == each.lower() or _is_made_of(password, each) for each in known):
        yield FieldError(field, FieldCode.PERSONAL_PASSWORD)


def _is_made_of(password: str, known: str) -> bool:
    return _letters(password) == _letters(known) != ""


def _letters(text: str) -> str:
    """Return a text's letters, small and without accents: what is left of `Senha@2024`."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalpha, plain))


def scope_faults(scopes: Sequence[str]) -> Iterable[FieldError]:
    """Yield what is wrong with the requested scopes of a key."""
    if not scopes:
        yield FieldError("scopes", FieldCode.TOO_FEW, {"min": 1})
    if len(set(scopes)) != len(scopes):
        yield FieldError("scopes", FieldCode.DUPLICATE_VALUES)
    if not set(scopes) <= set(SCOPES):
        yield FieldError("scopes", FieldCode.NOT_A_CHOICE, {"choices": SCOPES})


def key_days_faults(days: int | None) -> Iterable[FieldError]:
    """Yield what is wrong with the lifetime of a key, in days; `None` is unlimited."""
    if days is not None and not 1 <= days <= MAX_KEY_DAYS:
        bounds = {"min": 1, "max": MAX_KEY_DAYS}
        yield FieldError("expires_in_days", FieldCode.OUT_OF_RANGE, bounds)
