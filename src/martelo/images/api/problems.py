"""The one table from refusal to problem; `docs/api/problems.md` lists them."""

from werkzeug.exceptions import RequestEntityTooLarge

from martelo.images.domain.headers import MAX_BYTES, MAX_PIXELS
from martelo.images.domain.refusals import (
    IdempotencyKeyReused,
    NotAPicture,
    PictureNotFound,
    PictureTooLarge,
)
from martelo.images.ports import Busy
from martelo.runtime.identity import service_keys
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.problems.common import Problem


class WrongMediaType(Exception):  # noqa: N818 - says what the body is announced as
    """The body is announced as something other than a picture that is taken."""


def describe(error: Exception) -> Problem | None:
    """Return the problem of an exception of this context, or `None` for any other."""
    match error:
        case NotAPicture():
            detail = "Send a whole JPEG, PNG or WebP picture."
            return Problem(error.slug, 400, "Not a picture", detail)
        case PictureTooLarge() | RequestEntityTooLarge():
            bounds = {"max_bytes": MAX_BYTES, "max_pixels": MAX_PIXELS}
            detail = "The picture has more bytes or more pixels than are taken."
            return Problem(PictureTooLarge.slug, 413, "Too large", detail, bounds)
        case WrongMediaType():
            detail = "Send Content-Type: image/jpeg, image/png or image/webp."
            return Problem("wrong-media-type", 415, "Not announced as a picture", detail)
        case PictureNotFound():
            return Problem(error.slug, 404, "No such picture", "There is no picture by this name.")
        case IdempotencyKeyReused():
            detail = "This key was used with another picture."
            return Problem(error.slug, 422, "Key used before", detail)
        case Busy():
            detail = "Too many pictures at once; nothing was kept, send it again."
            return Problem("images-busy", 503, "Busy", detail, retry_after_s=2)
        case DatabaseUnavailable():
            detail = "Pictures do not answer; the same upload may be sent again."
            return Problem("images-unavailable", 503, "Unavailable", detail, retry_after_s=2)
        case service_keys.NotAService():
            return Problem("not-a-service", 401, "Not a service", "A service key is needed.")
        case service_keys.ScopeMissing():
            detail = f"The service key in use lacks the scope {error}."
            return Problem("scope-missing", 403, "Scope missing", detail)
        case _:
            return None
