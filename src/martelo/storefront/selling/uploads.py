"""Pictures sent with a form, passed to the images API one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from martelo.storefront.clients.images import ImagesClient
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.web.pictures import store_picture


@dataclass(frozen=True)
class Uploaded:
    """The ids of the pictures that were stored, and why another was not; no file is named twice."""

    image_ids: list[str]
    fault: str


def upload(
    images: ImagesClient, files: "Sequence[UploadedFile[bytes]]", token: str, key: str, *, room: int
) -> Uploaded:
    """Store what was sent; `room` is how many pictures the lot may still have."""
    ids: list[str] = []
    if len(files) > room:
        return Uploaded(ids, gettext("A lot has at most 12 pictures."))
    for file in files:
        answer = store_picture(images, file, token, key)
        if not answer.is_good:
            place = {"name": (file.name or "")[:60], "why": explain(answer).text}
            return Uploaded(ids, gettext("%(name)s: %(why)s") % place)
        ids.append(str(answer.body.get("image_id", "")))
    return Uploaded(ids, "")
