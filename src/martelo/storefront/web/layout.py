"""What every page is given: addresses of our own static files, and who is signed in."""

import hashlib
from functools import cache

from django.conf import settings
from django.http import HttpRequest

from martelo.storefront.settings import STATIC
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import write_instant
from martelo.storefront.web.visitors import must_confirm, visitor_of


def layout(request: HttpRequest) -> dict[str, object]:
    """Return what every template may name."""
    visitor = visitor_of(request)
    server_time = write_instant(settings.DEPENDENCIES.now())
    return {
        "person": visitor.session.person if visitor.session else None,
        "is_visitor_unknown": visitor.is_unknown,
        "must_confirm": must_confirm(request, settings.DEPENDENCIES),
        "languages": settings.LANGUAGES,
        "here": request.get_full_path(),
        "server_time": server_time,
        "opened": error_texts.zoned_moment(server_time),
    }


@cache
def address_of(name: str) -> str:
    """Return the address of the static file `ROOM/FILE`, changed whenever its content is."""
    # Templates pass marked texts, which paths refuse.
    room, _, file = str(name).partition("/")
    content = (STATIC[room] / file).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return f"/static/{name}?v={digest[:12]}"
