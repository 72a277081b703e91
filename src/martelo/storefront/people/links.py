"""Where the links in e-mails lead."""

from urllib.parse import urlencode


def new_password_link(public_url: str, token: str) -> str:
    """Return the address of the page for a new password."""
    return f"{public_url.rstrip('/')}/senha/nova?{urlencode({'link': token})}"


def confirmation_link(public_url: str, token: str) -> str:
    """Return the address of the page that confirms an e-mail address."""
    return f"{public_url.rstrip('/')}/email/confirmar?{urlencode({'link': token})}"
