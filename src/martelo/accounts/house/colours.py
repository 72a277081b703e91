"""Colours of a house: one accent, from which the pages' light and dark colours follow.

The bounds are those of WCAG 2.2, success criterion 1.4.3: text has a contrast of at least 4.5
with what is behind it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

MIN_CONTRAST: Final = 4.5
LIGHT_GROUNDS: Final[Sequence[Colour]] = ((251, 247, 241), (255, 255, 255), (243, 235, 224))
DARK_GROUNDS: Final[Sequence[Colour]] = ((26, 20, 17), (36, 28, 24), (48, 38, 31))
"""What text lies on: the tokens `--ground`, `--raised` and `--sunken` of the style sheet."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_BLACK: Final[Colour] = (0, 0, 0)
_WHITE: Final[Colour] = (255, 255, 255)
_STEPS = 20
_LIGHT_TINT = 0.08
_DARK_TINT = 0.15


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme: links and buttons, text on a button, and a tinted ground."""

    brand: str
    brand_ink: str
    brand_ground: str


def accent_faults(field: str, accent: str) -> Iterator[FieldError]:
    """Yield why a colour, written as `#8a2f1d`, cannot be the accent of a house."""
    if _HEX.fullmatch(accent) is None:
        yield FieldError(field, FieldCode.NOT_A_COLOUR)
    elif not _is_readable(_parse(accent), LIGHT_GROUNDS, _LIGHT_TINT):
        readable = _until_readable(_parse(accent), _BLACK, LIGHT_GROUNDS, _LIGHT_TINT)
        yield FieldError(field, FieldCode.TOO_LIGHT, {"suggestion": _write(readable)})


def light_palette(accent: str) -> Palette:
    """Return the colours of the light theme for an accent without faults."""
    return _palette(_parse(accent), _WHITE, LIGHT_GROUNDS, _LIGHT_TINT)


def dark_palette(accent: str) -> Palette:
    """Return the colours of the dark theme: the accent, as light as it must be to be read."""
    brand = _until_readable(_parse(accent), _WHITE, DARK_GROUNDS, _DARK_TINT)
    return _palette(brand, DARK_GROUNDS[0], DARK_GROUNDS, _DARK_TINT)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    return _contrast(_parse(one), _parse(other))


def _palette(brand: Colour, ink: Colour, grounds: Sequence[Colour], tint: float) -> Palette:
    return Palette(_write(brand), _write(ink), _write(_mix(brand, grounds[0], tint)))


def _until_readable(
    colour: Colour, towards: Colour, grounds: Sequence[Colour], tint: float
) -> Colour:
    mixed = [_mix(towards, colour, step / _STEPS) for step in range(_STEPS + 1)]
    return next(each for each in mixed if _is_readable(each, grounds, tint))


def _is_readable(colour: Colour, grounds: Sequence[Colour], tint: float) -> bool:
    behind = (*grounds, _mix(colour, grounds[0], tint))
    return all(_contrast(colour, each) >= MIN_CONTRAST for each in behind)


def _contrast(one: Colour, other: Colour) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    """Return the relative luminance of WCAG 2.2, from 0 to 1."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (each / 255 for each in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(colour: Colour, ground: Colour, share: float) -> Colour:
    red, green, blue = (
        round(a * share + b * (1 - share)) for a, b in zip(colour, ground, strict=True)
    )
    return red, green, blue


def _parse(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _write(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
