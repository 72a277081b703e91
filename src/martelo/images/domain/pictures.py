"""A picture as it is stored and named."""

import hashlib
import re
from dataclasses import dataclass
from typing import NewType

from martelo.kernel.ids import AccountId

MAX_SIDE = 2_048
THUMBNAIL_WIDTH = 480
ID_LENGTH = 40

ImageId = NewType("ImageId", str)
"""Forty hexadecimal digits, derived from the owner and the picture's bytes."""

_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}", re.ASCII)
_FILE = re.compile(rf"([0-9a-f]{{{ID_LENGTH}}})(-thumb)?\.webp", re.ASCII)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as encoded here: WebP without metadata, and its thumbnail; sizes in pixels."""

    full: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture; its size in pixels is that of the full one."""

    id: ImageId
    owner_id: AccountId
    width: int
    height: int


def picture_of(owner_id: AccountId, encoded: Encoded) -> Picture:
    """Return the picture of an owner's bytes.

    The same bytes of two owners are two pictures, since each owner's rights are their own; of one
    owner they are one.
    """
    digest = hashlib.sha256(owner_id.encode() + b"\0" + encoded.full).hexdigest()
    return Picture(ImageId(digest[:ID_LENGTH]), owner_id, encoded.width, encoded.height)


def parse_id(text: str) -> ImageId | None:
    """Return an id that can exist; `None` for any other text."""
    return ImageId(text) if _ID.fullmatch(text) else None


def parse_file(name: str) -> tuple[ImageId, bool] | None:
    """Return the picture that a file name means, and whether it is its thumbnail."""
    matched = _FILE.fullmatch(name)
    return None if matched is None else (ImageId(matched[1]), matched[2] is not None)


def bounded(width: int, height: int) -> tuple[int, int]:
    """Return a size in the same shape whose longest side is at most `MAX_SIDE`."""
    longest = max(width, height)
    if longest <= MAX_SIDE:
        return width, height
    return _scaled(width, MAX_SIDE, longest), _scaled(height, MAX_SIDE, longest)


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """Return a size in the same shape that is at most `THUMBNAIL_WIDTH` wide."""
    if width <= THUMBNAIL_WIDTH:
        return width, height
    return THUMBNAIL_WIDTH, _scaled(height, THUMBNAIL_WIDTH, width)


def _scaled(side: int, to: int, of: int) -> int:
    return max(1, round(side * to / of))
