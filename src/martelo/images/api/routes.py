"""The images API: HTTP in; parse, call, render (docs/api/ has the shapes)."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from martelo.images.api import answers
from martelo.images.domain.pictures import ImageId, parse_file, parse_id
from martelo.images.domain.refusals import (
    MAX_BYTES,
    PictureNotFound,
    PictureTooLarge,
    WrongMediaType,
)
from martelo.images.ports import Encoder, PictureStore
from martelo.images.use_cases import upload
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.flask.api import caller, idempotency_key, marked, render_json, take_token
from martelo.runtime.identity.service_keys import ServiceCaller, check_service_key
from martelo.runtime.identity.tokens import TokenVerifier

SELL_SCOPE = "sell"
READ_SCOPE = "images:read"
FILE_TYPES = {"", "application/octet-stream"}
"""Content types of a file of unknown kind."""
MAX_IDS = 100


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the routes need, made once by `main/api.py`."""

    store: PictureStore
    encoder: Encoder
    verifier: TokenVerifier
    upload_buckets: TokenBuckets | None
    """Uploads of an account; `None` where rate limits are off."""
    service_callers: Mapping[str, ServiceCaller]


def image_routes(deps: Dependencies) -> Blueprint:
    """Return the routes that store pictures, serve them and name their owners."""
    routes = Blueprint("images", __name__)

    @routes.post("/api/images")
    def take() -> ResponseReturnValue:
        owner_id, key = caller(deps.verifier, SELL_SCOPE).account_id, idempotency_key()
        # The content decides; this refuses forms and JSON, whose body is never a picture.
        if not request.mimetype.startswith("image/") and request.mimetype not in FILE_TYPES:
            raise WrongMediaType
        if deps.upload_buckets is not None:
            take_token(deps.upload_buckets, owner_id)
        answer = upload(deps.store, deps.encoder, owner_id, _picture_body(), key=key)
        view = render_json(answers.uploaded(answer.picture), HTTPStatus.CREATED)
        view.headers["Location"] = answers.uploaded(answer.picture)["url"]
        return marked(view, replayed=answer.replayed)

    @routes.get("/media/<name>")
    def show(name: str) -> ResponseReturnValue:
        requested = parse_file(name)
        if requested is None:
            raise PictureNotFound
        image_id, is_thumbnail = requested
        read = deps.store.read_thumbnail if is_thumbnail else deps.store.read_full
        data = read(image_id)
        if data is None:
            raise PictureNotFound
        return _media(data, name)

    @routes.get("/internal/images")
    def owners() -> ResponseReturnValue:
        check_service_key(request.headers.get("X-API-Key", ""), READ_SCOPE, deps.service_callers)
        found = deps.store.find(_requested_ids())
        return render_json({"items": [answers.owned(picture) for picture in found]})

    return routes


def _picture_body() -> bytes:
    request.max_content_length = MAX_BYTES
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise PictureTooLarge from error


def _media(data: bytes, name: str) -> Response:
    answer = Response(data, mimetype="image/webp")
    # An id is a hash of its bytes, so they never change under their name.
    answer.set_etag(name.removesuffix(".webp"))
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # Pictures of lots may be shown on other sites.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.make_conditional(request)
    return answer


def _requested_ids() -> list[ImageId]:
    """Return the ids that the query names; malformed ones are left out.

    Raises:
        InvalidInput: It names no id, or too many.
    """
    texts = request.args.get("ids", "").split(",")
    if texts == [""]:
        raise InvalidInput((FieldError("ids", FieldCode.TOO_FEW, {"min": 1}),))
    if len(texts) > MAX_IDS:
        raise InvalidInput((FieldError("ids", FieldCode.TOO_MANY, {"max": MAX_IDS}),))
    return [image_id for text in texts if (image_id := parse_id(text)) is not None]
