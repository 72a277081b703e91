"""Field errors from msgspec's messages, which are parsed here alone."""

import re
from collections.abc import Mapping

import msgspec

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError

_MESSAGE = re.compile(r"(?P<text>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
_TYPE = re.compile(r"Expected `(?P<type>\w+)(?: \| null)?`, got `[\w| ]+`")
_JSON_TYPES: Mapping[str, str] = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
}


def shape_error(error: msgspec.ValidationError) -> FieldError:
    """Return the field error of a value that does not have the declared shape."""
    matched = _MESSAGE.fullmatch(str(error))
    text, path = (matched["text"], matched["path"] or "") if matched else (str(error), "")
    for pattern, code in ((_MISSING, FieldCode.REQUIRED), (_UNKNOWN, FieldCode.UNKNOWN_FIELD)):
        named = pattern.fullmatch(text)
        if named is not None:
            return FieldError(".".join(filter(None, (path, named["name"]))), code)
    typed = _TYPE.fullmatch(text)
    if typed is not None:
        expected = _JSON_TYPES.get(typed["type"], typed["type"])
        return FieldError(path, FieldCode.WRONG_TYPE, {"expected": expected})
    return FieldError(path, FieldCode.INVALID)
