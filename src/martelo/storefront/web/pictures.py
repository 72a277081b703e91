"""A picture sent with a form, passed to the images API."""

import hashlib

from django.core.files.uploadedfile import UploadedFile

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.clients.images import MAX_PICTURE_BYTES, ImagesClient

_TYPES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"RIFF", "image/webp"),
)


def store_picture(
    images: ImagesClient, file: "UploadedFile[bytes]", token: str, key: str
) -> ApiResponse:
    """Store a picture once for each form; `key` is the form's, of at most 24 characters.

    The content decides what a file is, there as here: its name and stated type are not trusted.
    """
    if (file.size or 0) > MAX_PICTURE_BYTES:
        return ApiResponse(413, {"type": "/problems/picture-too-large"})
    content = file.read()
    kind = next((kind for mark, kind in _TYPES if content.startswith(mark)), None)
    if kind is None:
        return ApiResponse(400, {"type": "/problems/not-a-picture"})
    digest = hashlib.sha256(content).hexdigest()
    answer = images.upload(content, kind, token, f"{key[:24]}-{digest[:32]}")
    if answer.slug == "too-large":
        return ApiResponse(413, {"type": "/problems/picture-too-large"})
    return answer
