"""Addresses of our own static files."""

import hashlib
from functools import cache

from martelo.storefront.settings import STATIC


@cache
def address_of(name: str) -> str:
    """Return the address of the static file `ROOM/FILE`, changed whenever its content is."""
    # Templates pass marked texts, which paths refuse.
    room, _, file = str(name).partition("/")
    content = (STATIC[room] / file).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
