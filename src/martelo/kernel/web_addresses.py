"""Rules of hosts and web addresses: which stay on this machine, which are encrypted."""

from ipaddress import ip_address
from urllib.parse import urlsplit

INSECURE = "yes"
"""The value of `MARTELO_INSECURE_HTTP` with which plain HTTP is wanted."""


def is_public_address(url: str, insecure_http: str) -> bool:
    """Return whether people in production may be sent to `url`.

    `insecure_http` is the value of `MARTELO_INSECURE_HTTP`.
    """
    return insecure_http == INSECURE or is_encrypted_or_local(url)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_local(url: str) -> bool:
    """Return whether only this machine reaches the host of `url`; `False` if it has none."""
    host = _host_of(url)
    return host is not None and is_loopback(host)


def is_encrypted_or_local(url: str) -> bool:
    """Return whether nothing sent to `url` crosses a network unencrypted."""
    is_https = _host_of(url) is not None and urlsplit(url).scheme == "https"
    return is_https or is_local(url)


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
