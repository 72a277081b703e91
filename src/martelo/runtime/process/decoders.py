"""Shapes that messages are read as; each is prepared where its module is imported.

The first reading of a type makes a table of its fields, which msgspec (0.22) stores before it is
complete: where two threads read a type for the first time at once, the process ends with a memory
fault. A `Decoder` makes the table when it is made, so each shape has one in its module. What is
here does the same for values that are not text.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

Shape = TypeVar("Shape")


def converter(shape: type[Shape]) -> Callable[[object], Shape]:
    """Return what reads builtin objects as `shape`; it raises `msgspec.ValidationError`."""
    msgspec.json.Decoder(shape)

    def convert(value: object) -> Shape:
        return msgspec.convert(value, shape)  # noqa: TID251 - this is what it is banned in favour of

    return convert
