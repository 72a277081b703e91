"""Whose pages may connect: a browser sends a page's origin with every socket it opens."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Origins:
    """Pages that may connect: those of the same host, and those named."""

    named: frozenset[str]

    def admit(self, origin: str, host: str | None) -> bool:
        """Return whether a page of `origin` may connect to a server it calls `host`."""
        if origin in self.named:
            return True
        try:
            netloc = urlsplit(origin).netloc
        except ValueError:
            return False
        return bool(netloc) and netloc == host


def parse_origins(public_url: str | None, allowed: str) -> Origins:
    """Return the origins of `public_url` and of `allowed`, a list separated by commas."""
    named = {origin.strip() for origin in allowed.split(",")} - {""}
    if public_url is not None:
        parts = urlsplit(public_url)
        named.add(f"{parts.scheme}://{parts.netloc}")
    return Origins(frozenset(named))
