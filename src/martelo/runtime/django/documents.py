"""Documents for programs, such as an OpenAPI document, as Django views."""

from collections.abc import Callable, Mapping

import orjson
from django.http import HttpRequest, HttpResponse

JSON = "application/json"


def document_view(document: Callable[[], Mapping[str, object]]) -> Callable[..., HttpResponse]:
    """Return a view that answers with a document as JSON."""

    def show(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(orjson.dumps(document()), content_type=JSON)

    return show
