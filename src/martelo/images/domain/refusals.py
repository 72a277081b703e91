"""Refusals of uploads; `api/problems.toml` has their statuses and texts."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.refusal import Refusal

MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 40_000_000


@dataclass(eq=True)
class NotAPicture(Refusal):
    """The bytes are not a complete JPEG, PNG or WebP picture."""

    slug: ClassVar[str] = "not-a-picture"


@dataclass(eq=True)
class PictureTooLarge(Refusal):
    """More bytes or more pixels than allowed."""

    slug: ClassVar[str] = "too-large"
    max_bytes: int = MAX_BYTES
    max_pixels: int = MAX_PIXELS


@dataclass(eq=True)
class WrongMediaType(Refusal):
    """The content type is not that of a picture or a file."""

    slug: ClassVar[str] = "wrong-media-type"


@dataclass(eq=True)
class PictureNotFound(Refusal):
    """Unknown picture; unknown and malformed names get the same answer."""

    slug: ClassVar[str] = "picture-not-found"


@dataclass(eq=True)
class IdempotencyKeyReused(Refusal):
    """The key was used with another picture."""

    slug: ClassVar[str] = "idempotency-key-reused"
