"""What clients read: the JSON of `docs/api/`, from domain values."""

from typing import Any

from martelo.images.domain.pictures import ImageId, Picture

Json = dict[str, Any]


def uploaded(picture: Picture) -> Json:
    """Return the answer to an upload."""
    size = {"width": picture.width, "height": picture.height}
    return {"image_id": picture.id, **_urls(picture.id), **size}


def owned(picture: Picture) -> Json:
    """Return a picture as the other contexts ask for it."""
    size = {"width": picture.width, "height": picture.height}
    return {"id": picture.id, "owner_id": picture.owner_id, **_urls(picture.id), **size}


def _urls(image_id: ImageId) -> Json:
    return {"url": f"/media/{image_id}.webp", "thumbnail_url": f"/media/{image_id}-thumb.webp"}
