"""What every page is given: addresses of our own static files, and who is signed in."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from martelo.storefront import words
from martelo.storefront.formatting import write_instant
from martelo.storefront.settings import STATIC
from martelo.storefront.visitors import visitor_of


def layout(request: HttpRequest) -> dict[str, object]:
    """Return what every template may name."""
    visitor = visitor_of(request)
    server_time = write_instant(settings.PARTS.now())
    return {
        "person": visitor.session.person if visitor.session else None,
        "is_uncertain": visitor.is_uncertain,
        "languages": settings.LANGUAGES,
        "here": request.get_full_path(),
        "server_time": server_time,
        "opened": words.zoned_moment(server_time),
    }


@cache
def address_of(name: str) -> str:
    """Return the address of a static file, changed whenever its content is."""
    # Templates hand over marked texts, which paths refuse; the joined text is a plain one.
    content = Path(f"{STATIC}/{name}").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
