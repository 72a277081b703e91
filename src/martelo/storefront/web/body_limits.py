"""How much a form may hold: pictures only where a form takes them, and never without a length.

Before anything reads the body: the check of a form's origin already would.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from martelo.storefront.settings import MAX_BODY_BYTES, MAX_UPLOAD_BYTES
from martelo.storefront.web.edge import refuse

_WITH_PICTURES = re.compile(r"/vender|/leiloes/[^/]+/editar")


class BodyLimits:
    """Middleware that refuses uploads too large."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request whose body may be read."""
        if request.content_type != "multipart/form-data":
            return self._get_response(request)
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length.isdigit():
            return refuse(request, "length-required")
        takes_pictures = _WITH_PICTURES.fullmatch(request.path) is not None
        if int(length) > (MAX_UPLOAD_BYTES if takes_pictures else MAX_BODY_BYTES):
            return refuse(request, "too-large")
        return self._get_response(request)
