"""The rules of passwords."""

import unicodedata
from collections.abc import Iterable, Sequence

from django.contrib.auth.password_validation import CommonPasswordValidator

from martelo.accounts.passwords.portuguese_words import WORDS
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 256

_COMMON_PASSWORDS: frozenset[str] = frozenset(CommonPasswordValidator().passwords)


def clean_password(typed: str) -> str:
    """Return a password in NFC, so that every keyboard's accents are the same ones."""
    return unicodedata.normalize("NFC", typed)


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
