"""Which texts are e-mail addresses that an e-mail can be written to."""

import re

MAX_EMAIL_LENGTH = 254

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*", re.ASCII)
"""HTML's rule for `input type=email`, with the dots of the local part as in RFC 5322."""


def is_email_address(text: str) -> bool:
    """Return whether an e-mail can be written to this address, which is ASCII."""
    return len(text) <= MAX_EMAIL_LENGTH and _ADDRESS.fullmatch(text) is not None
