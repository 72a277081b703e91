"""Addresses of our modules for browsers: an import map, so that what is imported is never old.

A module names another by its plain address; the map turns that into the address that changes
with the content. The policy of pages names the map by its hash, so no inline script is allowed.
"""

import base64
import hashlib
from functools import cache

import orjson

from martelo.storefront.settings import STATIC
from martelo.storefront.web.assets import address_of


@cache
def module_map() -> str:
    """Return the import map of every module, as JSON."""
    names = sorted(f"{room}/{path.name}" for room in STATIC for path in STATIC[room].glob("*.js"))
    return orjson.dumps(
        {"imports": {f"/static/{name}": address_of(name) for name in names}}
    ).decode()


@cache
def module_map_source() -> str:
    """Return the map as a source of a Content-Security-Policy."""
    digest = hashlib.sha256(module_map().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
