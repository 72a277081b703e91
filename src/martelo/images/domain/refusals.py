"""Every "no" an upload can meet."""

from dataclasses import dataclass
from typing import ClassVar

from martelo.kernel.refusal import Refusal


@dataclass(eq=True)
class NotAPicture(Refusal):
    """The bytes are no JPEG, PNG or WebP picture, or a broken one."""

    slug: ClassVar[str] = "not-a-picture"


@dataclass(eq=True)
class PictureTooLarge(Refusal):
    """More bytes or more pixels than are taken."""

    slug: ClassVar[str] = "too-large"


@dataclass(eq=True)
class PictureNotFound(Refusal):
    """No such picture; unknown and malformed names alike."""

    slug: ClassVar[str] = "picture-not-found"


@dataclass(eq=True)
class IdempotencyKeyReused(Refusal):
    """The key was used with another picture."""

    slug: ClassVar[str] = "idempotency-key-reused"
