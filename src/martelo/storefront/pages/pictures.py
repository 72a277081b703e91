"""Where pictures are: by what the APIs answer, or by an id that no lot has yet."""

from collections.abc import Mapping, Sequence

from martelo.storefront.pages.layout import address_of


def picture_address(image_id: str) -> str:
    """Return the address of a picture."""
    return f"/media/{image_id}.webp"


def thumbnail_address(image_id: str) -> str:
    """Return the address of a picture's thumbnail."""
    return f"/media/{image_id}-thumb.webp"


def picture_of(image_id: str) -> dict[str, str]:
    """Return a picture as the APIs answer it."""
    return {
        "id": image_id,
        "url": picture_address(image_id),
        "thumbnail_url": thumbnail_address(image_id),
    }


def cover_address(images: Sequence[Mapping[str, str]]) -> str:
    """Return the thumbnail of a lot's first picture, or the drawing for lots without any."""
    return images[0]["thumbnail_url"] if images else address_of("no-picture.svg")
