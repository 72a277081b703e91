"""Request bodies: JSON exactly as declared, or a refusal that names the invalid field."""

from typing import TypeVar

import msgspec
from django.http import HttpRequest

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.problems.refusals import LengthRequired, NotJson
from martelo.runtime.problems.shape_errors import shape_error

Body = TypeVar("Body")


def read_body(request: HttpRequest, bodies: msgspec.json.Decoder[Body]) -> Body:
    """Return the JSON body of a request, read by a decoder of a struct that forbids unknown fields.

    Raises:
        NotJson: The content type is another.
        LengthRequired: The body is chunked.
        InvalidInput: It is malformed, or does not have that shape.
    """
    if request.content_type != "application/json":
        raise NotJson
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired
    return parse_body(request.body, bodies)


def parse_body(body: bytes, bodies: msgspec.json.Decoder[Body]) -> Body:
    """Return JSON text as the decoder's struct.

    Raises:
        InvalidInput: It is malformed, or does not have that shape.
    """
    try:
        return bodies.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidInput((shape_error(error),)) from error
    except (ValueError, RecursionError) as error:
        # Includes broken UTF-8 and nested brackets.
        raise InvalidInput((FieldError("", FieldCode.MALFORMED_JSON),)) from error
