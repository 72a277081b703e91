"""Whose pages may connect: a browser sends a page's origin with every socket it opens."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Origins:
    """Pages that may connect: those named, and those of the same host if it is an address.

    A name's owner may let it lead to this house (DNS rebinding), so its pages are not our own only
    because they call us by it; an address or `localhost` leads nowhere else. `is_secure`: the house
    is reached by https, so no page on plain HTTP is its own.
    """

    named: frozenset[str]
    is_secure: bool = False

    def admit(self, origin: str, host: str | None) -> bool:
        """Return whether a page of `origin` may connect to a server it calls `host`."""
        if origin in self.named:
            return True
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        if self.is_secure and parts.scheme != "https":
            return False
        return parts.netloc == host and _is_address(parts.hostname or "")


def parse_origins(public_url: str | None, allowed: str) -> Origins:
    """Return the origins of `public_url` and of `allowed`, a list separated by commas."""
    is_secure = public_url is not None and public_url.startswith("https:")
    named = {origin.strip() for origin in allowed.split(",")} - {""}
    if public_url is not None:
        parts = urlsplit(public_url)
        named.add(f"{parts.scheme}://{parts.netloc}")
    return Origins(frozenset(named), is_secure)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
