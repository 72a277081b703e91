"""Who visits: the person of the session's cookie, and the zone their clock shows.

The middleware reads them; views call `person_of` and `token_of`, `remember` and `forget`.
"""

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from martelo.accounts.sessions import SessionsUnavailable
from martelo.accounts.tokens.signing import Subject
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import LIFETIME, Person, Session

TOKEN_LIFETIME = timedelta(minutes=2)
"""A token is minted for one page's calls."""

ZONE_COOKIE = "martelo-zone"
_VISITOR = "martelo.visitor"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Visitor:
    """The session of a request, if any; `is_unknown` while the sessions cannot be read."""

    session: Session | None
    is_unknown: bool = False


class Visitors:
    """Middleware that finds the session and sets the zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find the session and answer."""
        request.META[_VISITOR] = _find(request)
        zone = _zone(request.COOKIES.get(ZONE_COOKIE, ""))
        with timezone.override(zone):
            return self._get_response(request)


def visitor_of(request: HttpRequest) -> Visitor:
    """Return the visitor; one without a session where the middleware was not reached."""
    visitor: Visitor | None = request.META.get(_VISITOR)
    return visitor or Visitor(None)


def person_of(request: HttpRequest) -> Person | None:
    """Return who is signed in."""
    session = visitor_of(request).session
    return session.person if session else None


def must_confirm(request: HttpRequest, dependencies: Dependencies) -> bool:
    """Return whether who is signed in has to confirm their e-mail address before they trade."""
    person = person_of(request)
    needs = dependencies.accounts.confirms_emails
    return needs and person is not None and not person.email_verified


def has_new_terms(request: HttpRequest, dependencies: Dependencies) -> bool:
    """Return whether who is signed in has not accepted the house's terms in force."""
    person = person_of(request)
    return person is not None and person.terms_version < dependencies.accounts.house().terms_version


def token_of(request: HttpRequest, dependencies: Dependencies) -> str | None:
    """Return a fresh access token of who is signed in, for calls to the APIs; never for a page."""
    subject = _subject(request, dependencies)
    if subject is None:
        return None
    return dependencies.accounts.signer.mint(
        subject, now=dependencies.now(), lifetime=TOKEN_LIFETIME
    )


def ticket_of(request: HttpRequest, dependencies: Dependencies) -> str | None:
    """Return a live ticket of who is signed in, which a page's script may hold."""
    subject = _subject(request, dependencies)
    return (
        None
        if subject is None
        else dependencies.accounts.signer.mint_ticket(subject, now=dependencies.now())
    )


def remember(answer: HttpResponse, session: Session) -> None:
    """Give the browser its session's id."""
    answer.set_cookie(
        settings.SESSION_COOKIE_NAME,
        session.id,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(answer: HttpResponse) -> None:
    """Take the session's id from the browser."""
    answer.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")


def _subject(request: HttpRequest, dependencies: Dependencies) -> Subject | None:
    person = person_of(request)
    if person is None:
        return None
    return dependencies.accounts.subject(
        person.account_id, person.name, person.roles, is_confirmed=person.email_verified
    )


def _find(request: HttpRequest) -> Visitor:
    session_id = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not session_id:
        return Visitor(None)
    try:
        return Visitor(settings.DEPENDENCIES.sessions.find(session_id))
    except SessionsUnavailable as error:
        # The cookie stays: once the store is back the person is signed in as before.
        log.warning("sessions-unavailable", reason=type(error.__cause__).__name__)
        return Visitor(None, is_unknown=True)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name if name in _zones() else settings.TIME_ZONE)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
