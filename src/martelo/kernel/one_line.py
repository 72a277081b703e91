"""The rule of texts that people write on one line: names, titles, reasons."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError

MAX_MARKS = 8
"""Marks and format characters in a row: no script needs more, and more cover other lines."""

BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""They change the order in which a text is read, so that an amount can appear as another."""

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BLANKS = re.compile("[\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Characters without a glyph whose category does not say so (Default_Ignorable_Code_Point)."""


def clean_line(typed: str) -> str:
    """Return a text in NFC without spaces around it."""
    return unicodedata.normalize("NFC", typed).strip()


def line_faults(field: str, text: str, maximum: int) -> Iterator[FieldError]:
    """Yield what is wrong with a cleaned text of one line."""
    if not text:
        yield FieldError(field, FieldCode.REQUIRED)
    elif not any(map(_is_visible, text)):
        yield FieldError(field, FieldCode.NO_VISIBLE_CHARACTER)
    if len(text) > maximum:
        yield FieldError(field, FieldCode.TOO_LONG, {"max": maximum})
    yield from character_faults(field, text)


def character_faults(field: str, text: str, controls: Collection[str] = ()) -> Iterator[FieldError]:
    """Yield what is wrong with the characters of a text, which may contain `controls`."""
    categories = [unicodedata.category(character) for character in text]
    if not BIDI_CONTROLS.isdisjoint(text) or any(
        category in _CONTROLS and character not in controls
        for character, category in zip(text, categories, strict=True)
    ):
        yield FieldError(field, FieldCode.CONTROL_CHARACTERS)
    attached = "".join("x" if each[0] == "M" or each == "Cf" else " " for each in categories)
    if "x" * (MAX_MARKS + 1) in attached:
        yield FieldError(field, FieldCode.TOO_MANY_MARKS, {"max": MAX_MARKS})


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    is_blank = category[0] in "MZ" or category in {"Cc", "Cf", "Cs"}
    return not is_blank and _BLANKS.match(character) is None
