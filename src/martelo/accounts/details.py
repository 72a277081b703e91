"""The rules of names and e-mail addresses."""

from collections.abc import Iterable

import idna

from martelo.kernel.email_addresses import is_email_address
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.one_line import line_faults
from martelo.kernel.refusal import FieldError

MAX_NAME_LENGTH = 80


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


def name_faults(field: str, name: str) -> Iterable[FieldError]:
    """Return what is wrong with a cleaned name."""
    return line_faults(field, name, MAX_NAME_LENGTH)


def email_faults(email: str) -> Iterable[FieldError]:
    """Yield what is wrong with a cleaned e-mail address."""
    if not is_email_address(email):
        yield FieldError("email", FieldCode.NOT_AN_EMAIL)
