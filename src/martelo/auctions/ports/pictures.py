"""The pictures that people uploaded, which another context owns."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from martelo.kernel.ids import AccountId


class Pictures(Protocol):
    """The pictures that people uploaded, which another context keeps."""

    def owners_of(self, image_ids: Sequence[str]) -> Mapping[str, AccountId]:
        """Return the owner of each picture; absent where there is no such picture.

        Raises:
            ImagesUnavailable: They cannot be read now.
        """
