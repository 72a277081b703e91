"""Pictures sent with a form, passed to the images API one by one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.clients.images import MAX_PICTURE_BYTES, ImagesClient
from martelo.storefront.texts.error_texts import explain

_TYPES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"RIFF", "image/webp"),
)


@dataclass(frozen=True)
class Uploaded:
    """The ids of the pictures that were stored, and why another was not; no file is named twice."""

    image_ids: list[str]
    fault: str


def upload(
    images: ImagesClient, files: "Sequence[UploadedFile[bytes]]", token: str, key: str, *, room: int
) -> Uploaded:
    """Store what was sent; `room` is how many pictures the lot may still have.

    The content decides what a file is, there as here: its name and stated type are not trusted.
    """
    ids: list[str] = []
    if len(files) > room:
        return Uploaded(ids, gettext("A lot has at most 12 pictures."))
    for file in files:
        answer = _store(images, file, token, key)
        if not answer.is_good:
            place = {"name": (file.name or "")[:60], "why": explain(answer).text}
            return Uploaded(ids, gettext("%(name)s: %(why)s") % place)
        ids.append(str(answer.body.get("image_id", "")))
    return Uploaded(ids, "")


def _store(images: ImagesClient, file: "UploadedFile[bytes]", token: str, key: str) -> ApiResponse:
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
