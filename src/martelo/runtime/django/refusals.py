"""How this context says no over HTTP: the one table from a refusal's slug to a problem."""

from dataclasses import dataclass
from http import HTTPStatus

from martelo.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class ProblemType:
    """What is fixed of a problem: its status, its title, and what it says by default."""

    status: HTTPStatus
    title: str
    detail: str


class NotJson(Refusal):
    """The body does not claim to be JSON."""

    slug = "not-json"


class LengthRequired(Refusal):
    """The body does not say how long it is."""

    slug = "length-required"


class NotFound(Refusal):
    """Nothing is here."""

    slug = "not-found"


class MethodNotAllowed(Refusal):
    """Something is here, but not for this method."""

    slug = "method-not-allowed"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__()
        self.allowed = allowed


class RateLimited(Refusal):
    """Too often, from this address."""

    slug = "rate-limited"

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class NotSignedIn(Refusal):
    """No token or key, or one that proves nothing."""

    slug = "not-signed-in"

    def __init__(self, *, had_token: bool) -> None:
        super().__init__()
        self.had_token = had_token


PROBLEMS = {
    "invalid-request": ProblemType(
        HTTPStatus.BAD_REQUEST, "The request does not parse", "See `errors`."
    ),
    "length-required": ProblemType(
        HTTPStatus.LENGTH_REQUIRED, "Length required", "Send a Content-Length."
    ),
    "not-json": ProblemType(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Not JSON", "Send the body as application/json."
    ),
    "too-large": ProblemType(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large", "The body may hold 64 KiB."
    ),
    "not-found": ProblemType(HTTPStatus.NOT_FOUND, "Not found", "Nothing is here."),
    "method-not-allowed": ProblemType(
        HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed", "See the Allow header."
    ),
    "rate-limited": ProblemType(
        HTTPStatus.TOO_MANY_REQUESTS, "Too many requests", "Wait as long as Retry-After says."
    ),
    "not-signed-in": ProblemType(
        HTTPStatus.UNAUTHORIZED, "Not signed in", "A valid access token or API key is needed."
    ),
    "bad-credentials": ProblemType(
        HTTPStatus.UNAUTHORIZED, "Wrong e-mail or password", "No account has both."
    ),
    "bad-refresh-token": ProblemType(
        HTTPStatus.UNAUTHORIZED,
        "The refresh token does not serve",
        "It was used, revoked or has expired; sign in again.",
    ),
    "sign-in-required": ProblemType(
        HTTPStatus.FORBIDDEN, "Sign-in required", "An API key may not do this; sign in."
    ),
    "email-taken": ProblemType(
        HTTPStatus.CONFLICT, "E-mail taken", "An account with this e-mail exists."
    ),
    "too-many-keys": ProblemType(
        HTTPStatus.CONFLICT, "Too many keys", "Revoke one before making another."
    ),
    "key-not-found": ProblemType(
        HTTPStatus.NOT_FOUND, "Key not found", "There is no such key, or it was revoked."
    ),
    "account-not-found": ProblemType(
        HTTPStatus.NOT_FOUND, "Account not found", "There is no such account."
    ),
    "not-a-service": ProblemType(
        HTTPStatus.UNAUTHORIZED, "Not a service", "A known service key is needed."
    ),
    "scope-missing": ProblemType(
        HTTPStatus.FORBIDDEN, "Scope missing", "This service may not ask for this."
    ),
    "unavailable": ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Unavailable",
        "A part this needs is down; try again shortly.",
    ),
    "internal-error": ProblemType(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Internal error", "It was logged with this instance."
    ),
}
