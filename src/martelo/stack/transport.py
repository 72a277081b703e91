"""Whether people's passwords would cross a network unencrypted."""

from datetime import datetime
from urllib.parse import urlsplit

from martelo.kernel.web_addresses import INSECURE, is_loopback, is_public_address
from martelo.stack.certificates import TlsFiles, read_certificate
from martelo.stack.errors import StackError
from martelo.stack.settings import Settings
from martelo.stack.topology.gateway import LOOPBACK


def require_certificate(files: TlsFiles, settings: Settings, listen: str, now: datetime) -> None:
    """Refuse a certificate that browsers would refuse at the public address.

    Raises:
        StackError: It cannot be used, or the public address is plain HTTP.
    """
    if settings.public_url is not None and not settings.public_url.startswith("https:"):
        raise StackError(
            f"MARTELO_PUBLIC_URL is {settings.public_url!r}; with --tls-cert it must be an https "
            "address."
        )
    read_certificate(files, host_of(settings, listen), now)


def host_of(settings: Settings, listen: str) -> str:
    """Return the host of the public address, or of the gateway without one."""
    if settings.public_url is not None:
        return urlsplit(settings.public_url).hostname or ""
    return "localhost" if listen in {LOOPBACK, "0.0.0.0", "::"} else listen  # noqa: S104 - compared


def require_encryption(settings: Settings, listen: str, *, has_tls: bool = False) -> None:
    """Refuse plain HTTP in production, unless it stays on this machine or is wanted.

    Raises:
        StackError: The public address, or the gateway's without one, is plain HTTP to others.
    """
    if not settings.is_production:
        return
    address, insecure = settings.public_url, settings.insecure_http
    is_plain = address is None and not is_loopback(listen) and not has_tls
    if is_plain and insecure != INSECURE:
        raise StackError(
            f"In production, --listen {listen} needs MARTELO_PUBLIC_URL, the https address of the "
            "proxy in front of it, or --tls-cert. To use plain HTTP, set MARTELO_INSECURE_HTTP=yes."
        )
    if address is not None and not is_public_address(address, insecure):
        raise StackError(
            f"MARTELO_PUBLIC_URL is {address!r}; in production it must be an https address. "
            "To use plain HTTP, set MARTELO_INSECURE_HTTP=yes."
        )
