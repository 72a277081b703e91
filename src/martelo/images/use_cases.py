"""Intentions that take more than one step at the ports."""

import hashlib

from martelo.images.domain.headers import read_header
from martelo.images.domain.pictures import picture_of
from martelo.images.ports import Encoder, PictureStore, Request, Uploaded
from martelo.kernel.ids import AccountId


def upload(
    store: PictureStore, encoder: Encoder, owner_id: AccountId, data: bytes, *, key: str | None
) -> Uploaded:
    """Keep the picture that `data` is; the same key with the same bytes gives the same answer.

    Raises:
        NotAPicture, PictureTooLarge: It is not taken.
        IdempotencyKeyReused: The key was used with other bytes.
        Busy: There is no room to decode it now.
    """
    request = None if key is None else Request(key, hashlib.sha256(data).hexdigest())
    earlier = None if request is None else store.find_upload(owner_id, request)
    if earlier is not None:
        return earlier
    encoded = encoder.encode(data, read_header(data))
    return store.add(picture_of(owner_id, encoded), encoded, request)
