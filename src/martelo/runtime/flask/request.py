"""What a request says of itself, read from its WSGI environment."""

from typing import TYPE_CHECKING

from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_content_length

from martelo.kernel.idempotency import parse_key
from martelo.runtime.identity.tokens import Identity, TokenVerifier, Unauthenticated
from martelo.runtime.problems.common import ScopeMissing

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"
MAX_BODY_BYTES = 65_536


class NotJson(Exception):  # noqa: N818 - says what the body is
    """The request's body is not announced as JSON."""


def require_length(environ: "WSGIEnvironment") -> None:
    """Refuse a body in pieces: the server hands it on as an empty one; the gateway joins them.

    Raises:
        LengthRequired: It is one.
    """
    if "HTTP_TRANSFER_ENCODING" in environ:
        raise LengthRequired


def json_body(environ: "WSGIEnvironment") -> bytes:
    """Return the body, announced as JSON; it can be read once.

    Raises:
        NotJson: Another content type.
        RequestEntityTooLarge: More than `MAX_BODY_BYTES`.
    """
    announced = environ.get("CONTENT_TYPE", "")
    if announced != JSON and parse_options_header(announced)[0].lower() != JSON:
        raise NotJson
    # Judged before it is waited for, and again by what came: HTTP/2 need not announce a length.
    if (get_content_length(environ) or 0) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    body: bytes = environ["wsgi.input"].read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    return body


def idempotency_key(environ: "WSGIEnvironment") -> str | None:
    """Return the `Idempotency-Key`, if any.

    Raises:
        InvalidIdempotencyKey: It is not 1 to 64 printable ASCII characters.
    """
    return parse_key(environ.get("HTTP_IDEMPOTENCY_KEY"))


def caller(environ: "WSGIEnvironment", verifier: TokenVerifier, scope: str) -> Identity:
    """Return who calls and may do what `scope` names, by bearer token or API key.

    Raises:
        Unauthenticated: Neither is there, or it proves nothing.
        AccountsUnavailable: It cannot be judged now.
        ScopeMissing: The API key in use does not cover it.
    """
    identity = optional_caller(environ, verifier)
    if identity is None:
        raise Unauthenticated
    if not identity.may(scope):
        raise ScopeMissing(scope)
    return identity


def optional_caller(environ: "WSGIEnvironment", verifier: TokenVerifier) -> Identity | None:
    """Return who calls, or `None` where the request says nothing of it."""
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        return verifier.verify(token.strip())
    api_key = environ.get("HTTP_X_API_KEY")
    return None if api_key is None else verifier.exchange(api_key)
