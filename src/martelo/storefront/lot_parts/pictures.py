"""Where pictures are: the API says it of a lot's, and here of those a form holds by their ids."""

from collections.abc import Sequence

from martelo.storefront.clients.auctions import Json
from martelo.storefront.web.assets import address_of


def thumbnail_address(image_id: str) -> str:
    """Return the address of a picture's thumbnail."""
    return f"/media/{image_id}-thumb.webp"


def cover_address(images: Sequence[Json]) -> str:
    """Return the thumbnail of a lot's first picture, or the drawing for lots without any."""
    return str(images[0]["thumbnail_url"]) if images else address_of("web/no-picture.svg")
