"""Where pictures are: the one place that turns an id of the images API into addresses."""

from collections.abc import Sequence

from martelo.storefront.pages.layout import address_of


def picture_address(image_id: str) -> str:
    """Return the address of a picture."""
    return f"/media/{image_id}.webp"


def thumbnail_address(image_id: str) -> str:
    """Return the address of a picture's thumbnail."""
    return f"/media/{image_id}-thumb.webp"


def cover_address(image_ids: Sequence[str]) -> str:
    """Return the thumbnail of a lot's first picture, or the drawing for lots without any."""
    return thumbnail_address(image_ids[0]) if image_ids else address_of("no-picture.svg")
