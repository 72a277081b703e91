"""What an account may be called: names, e-mail addresses, passwords, scopes."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.contrib.auth.password_validation import CommonPasswordValidator

from martelo.kernel.refusal import FieldError

MAX_NAME_LENGTH = 80
MAX_EMAIL_LENGTH = 254
MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 256
SCOPES = ("read", "bid", "buy", "sell")
"""What an API key can be limited to."""

_EMAIL = re.compile(
    r"(?=.{1,64}@)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
    re.ASCII,
)
"""The rule of HTML's `input type=email`: what a browser's form accepts, accounts accept."""

_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_COMMON_PASSWORDS: frozenset[str] = frozenset(CommonPasswordValidator().passwords)


def clean_name(typed: str) -> str:
    """Return a name in NFC without spaces around it."""
    return unicodedata.normalize("NFC", typed).strip()


def clean_password(typed: str) -> str:
    """Return a password in NFC, so that every keyboard's accents are the same ones."""
    return unicodedata.normalize("NFC", typed)


def name_faults(field: str, name: str) -> Iterable[FieldError]:
    """Yield what is wrong with a cleaned name."""
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        yield FieldError(field, f"must have 1 to {MAX_NAME_LENGTH} characters")
    categories = [unicodedata.category(character) for character in name]
    if {"Cc", "Cs", "Zl", "Zp"} & set(categories) or _BIDI_CONTROLS & set(name):
        yield FieldError(field, "must not hold control characters")
    elif name and all(each[0] in "MZ" or each == "Cf" for each in categories):
        yield FieldError(field, "must hold a visible character")


def email_faults(email: str) -> Iterable[FieldError]:
    """Yield what is wrong with an e-mail address."""
    if len(email) > MAX_EMAIL_LENGTH or _EMAIL.fullmatch(email) is None:
        yield FieldError("email", "must be an e-mail address")


def password_faults(field: str, password: str, known: Sequence[str]) -> Iterable[FieldError]:
    """Yield what is wrong with a cleaned password; `known` is what others know of the person."""
    lowered = password.lower()
    if len(password) < MIN_PASSWORD_LENGTH:
        yield FieldError(field, f"must have at least {MIN_PASSWORD_LENGTH} characters")
    elif len(password) > MAX_PASSWORD_LENGTH:
        yield FieldError(field, f"must have at most {MAX_PASSWORD_LENGTH} characters")
    elif lowered.strip() in _COMMON_PASSWORDS or len(set(lowered)) < 4:
        yield FieldError(field, "must not be a common password")
    elif lowered in {each.lower() for each in known}:
        yield FieldError(field, "must not be your name or e-mail address")


def scope_faults(scopes: Sequence[str]) -> Iterable[FieldError]:
    """Yield what is wrong with the scopes asked for a key."""
    if not scopes or len(set(scopes)) != len(scopes) or not set(scopes) <= set(SCOPES):
        yield FieldError("scopes", f"must be some of {', '.join(SCOPES)}, each once")
