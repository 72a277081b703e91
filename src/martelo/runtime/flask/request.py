"""The parts of a request, read from its WSGI environment."""

from typing import TYPE_CHECKING

from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_content_length

from martelo.kernel.idempotency import parse_key
from martelo.runtime.identity.service_keys import ScopeMissing
from martelo.runtime.identity.tokens import Identity, TokenVerifier, Unauthenticated
from martelo.runtime.problems.refusals import BodyTooLarge, LengthRequired, NotJson

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"
MAX_BODY_BYTES = 65_536


def require_length(environ: "WSGIEnvironment") -> None:
    """Refuse a chunked body: the server would pass an empty one; the gateway joins the chunks.

    Raises:
        LengthRequired: The body is chunked.
    """
    if "HTTP_TRANSFER_ENCODING" in environ:
        raise LengthRequired


def json_body(environ: "WSGIEnvironment") -> bytes:
    """Return the JSON body; it can be read once.

    Raises:
        NotJson: Another content type.
        BodyTooLarge: More than `MAX_BODY_BYTES`.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    if content_type != JSON and parse_options_header(content_type)[0].lower() != JSON:
        raise NotJson
    # Checked before the body is read, and again after: HTTP/2 requests may lack a length.
    if (get_content_length(environ) or 0) > MAX_BODY_BYTES:
        raise BodyTooLarge
    body: bytes = environ["wsgi.input"].read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge
    return body


def idempotency_key(environ: "WSGIEnvironment") -> str | None:
    """Return the `Idempotency-Key`, if any.

    Raises:
        InvalidIdempotencyKey: It is not 1 to 64 printable ASCII characters.
    """
    return parse_key(environ.get("HTTP_IDEMPOTENCY_KEY"))


def caller(environ: "WSGIEnvironment", verifier: TokenVerifier, scope: str) -> Identity:
    """Return a caller who has `scope`, by bearer token or API key.

    Raises:
        Unauthenticated: Both are missing, or the one sent is invalid.
        AccountsUnavailable: It cannot be checked now.
        ScopeMissing: The API key in use lacks `scope`.
    """
    identity = optional_caller(environ, verifier)
    if identity is None:
        raise Unauthenticated(had_proof=False)
    if not identity.may(scope):
        raise ScopeMissing(scope)
    return identity


def optional_caller(environ: "WSGIEnvironment", verifier: TokenVerifier) -> Identity | None:
    """Return the caller, or `None` where the request has no token or key."""
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        return verifier.verify(token.strip())
    api_key = environ.get("HTTP_X_API_KEY")
    return None if api_key is None else verifier.exchange(api_key)
