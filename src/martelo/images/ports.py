"""What uploads need from outside.

Every method of the store may raise `DatabaseUnavailable`: then it may have happened, and the same
picture again gives the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from martelo.images.domain.headers import Header
from martelo.images.domain.pictures import Encoded, ImageId, Picture
from martelo.kernel.ids import AccountId


class Busy(Exception):  # noqa: N818 - a state, named as the design names it
    """As many pictures are being decoded as memory is meant for; try again."""


@dataclass(frozen=True, slots=True)
class Request:
    """An upload that came with a key; `sha256` is the digest of what was sent, in hexadecimal."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The answer to an upload; `replayed` says that its key gave it before."""

    picture: Picture
    replayed: bool = False


class Encoder(Protocol):
    """Turns what was sent into what is kept."""

    def encode(self, data: bytes, header: Header) -> Encoded:
        """Return the picture upright, bounded in size, without metadata.

        Raises:
            NotAPicture: It cannot be decoded.
            PictureTooLarge: It turns out larger than its header said.
            Busy: There is no room now.
        """


class PictureStore(Protocol):
    """The pictures that are kept, and which uploads gave them."""

    def is_up(self) -> bool:
        """Return whether the store answers."""

    def find_upload(self, owner_id: AccountId, request: Request) -> Uploaded | None:
        """Return the answer of an earlier upload with this key.

        Raises:
            IdempotencyKeyReused: The key was used with another picture.
        """

    def add(self, picture: Picture, encoded: Encoded, request: Request | None) -> Uploaded:
        """Keep a picture, unless it is kept already, and the answer to its key.

        Raises:
            IdempotencyKeyReused: The key was used with another picture meanwhile.
        """

    def find(self, image_ids: Sequence[ImageId]) -> list[Picture]:
        """Return those that are kept, in no order."""

    def read_full(self, image_id: ImageId) -> bytes | None:
        """Return the bytes of a picture; `None` where there is none."""

    def read_thumbnail(self, image_id: ImageId) -> bytes | None:
        """Return the bytes of a picture's thumbnail; `None` where there is none."""
