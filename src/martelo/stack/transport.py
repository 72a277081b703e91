"""Whether people's passwords would cross a network unencrypted."""

from martelo.kernel.web_addresses import is_encrypted_or_local, is_loopback
from martelo.stack.errors import StackError
from martelo.stack.settings import Settings


def require_encryption(settings: Settings, listen: str) -> None:
    """Refuse plain HTTP in production, unless it stays on this machine or is wanted.

    Raises:
        StackError: The public address, or the gateway's without one, is plain HTTP to others.
    """
    if not settings.is_production or settings.allows_insecure_http:
        return
    address = settings.public_url
    if address is None and not is_loopback(listen):
        raise StackError(
            f"In production, --listen {listen} needs MARTELO_PUBLIC_URL, the https address of the "
            "proxy in front of it. To use plain HTTP, set MARTELO_INSECURE_HTTP=yes."
        )
    if address is not None and not is_encrypted_or_local(address):
        raise StackError(
            f"MARTELO_PUBLIC_URL is {address!r}; in production it must be an https address. "
            "To use plain HTTP, set MARTELO_INSECURE_HTTP=yes."
        )
