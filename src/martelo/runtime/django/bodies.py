"""Bodies of requests: JSON, strictly as declared, or a refusal that names the field at fault."""

import re
from typing import TypeVar

import msgspec
from django.http import HttpRequest

from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.django.refusals import LengthRequired, NotJson

_NAMED_FIELD = re.compile(r"(?:required|unknown) field `(?P<field>[^`]*)`")
_PATH = re.compile(r"(?P<message>.*) - at `\$\.?(?P<path>.*)`", re.DOTALL)

Body = TypeVar("Body")


def read_body(request: HttpRequest, bodies: msgspec.json.Decoder[Body]) -> Body:
    """Return the JSON body of a request, read by a decoder of a struct that forbids unknown fields.

    Raises:
        NotJson: the content type is another.
        LengthRequired: the body comes in chunks without a length.
        InvalidInput: it does not parse, or does not have that shape.
    """
    if request.content_type != "application/json":
        raise NotJson
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired
    return parse_body(request.body, bodies)


def parse_body(body: bytes, bodies: msgspec.json.Decoder[Body]) -> Body:
    """Return what JSON text says.

    Raises:
        InvalidInput: it does not parse, or does not have that shape.
    """
    try:
        return bodies.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidInput((_fault(str(error)),)) from error
    except (ValueError, RecursionError) as error:
        # Also broken UTF-8, and brackets within brackets.
        raise InvalidInput((FieldError("", "not well-formed JSON"),)) from error


def _fault(message: str) -> FieldError:
    located = _PATH.fullmatch(message)
    text, path = (located["message"], located["path"]) if located else (message, "")
    named = _NAMED_FIELD.search(text)
    field = ".".join(part for part in (path, named["field"] if named else "") if part)
    return FieldError(field[:100], text[:200])
