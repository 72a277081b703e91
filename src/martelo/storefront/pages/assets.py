"""Addresses of our own static files, changed whenever their content is."""

import hashlib
from functools import cache

from django.http import HttpRequest

from martelo.storefront.settings import STATIC


def assets(_request: HttpRequest) -> dict[str, str]:
    """Return what every template may name."""
    return {"stylesheet": _address("martelo.css"), "icon": _address("martelo.svg")}


@cache
def _address(name: str) -> str:
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
