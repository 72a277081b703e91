"""Where one is signed in: a list of sessions, each of which can be ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.security_events import Event
from martelo.accounts.sessions import SessionsUnavailable
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import ListedSession, Session
from martelo.storefront.texts.error_texts import moment
from martelo.storefront.texts.formatting import write_instant
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.answers import see_other

ADDRESS = "/perfil/sessoes"


@dataclass(frozen=True)
class SessionRow:
    """One session in the reader's words."""

    reference: str
    device: str
    address: str
    began: str
    used: str
    is_current: bool


@dataclass(frozen=True)
class SessionViews:
    """The views of one's own sessions."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """List the sessions, this browser's first."""
        try:
            rows = list(_rows(self.dependencies.sessions.list_of(session)))
        except SessionsUnavailable:
            return render(request, "web/unavailable.html", status=503)
        return render(request, "people/sessions.html", {"rows": rows})

    @signed_in
    def end(self, request: HttpRequest, session: Session) -> HttpResponse:
        """End the session that the form names, or all but this browser's where it names none."""
        reference = request.POST.get("session", "")
        try:
            if reference:
                self.dependencies.sessions.end_listed(session, reference)
            else:
                self.dependencies.sessions.end_all(session.person.account_id, but=session.id)
        except SessionsUnavailable:
            return render(request, "web/unavailable.html", status=503)
        events = self.dependencies.accounts.events
        events.report(Event.SESSIONS_ENDED, session.person.account_id)
        messages.success(request, gettext("Signed out there."))
        return see_other(ADDRESS)


def _rows(sessions: list[ListedSession]) -> Iterator[SessionRow]:
    for each in sessions:
        yield SessionRow(
            each.reference,
            each.origin.device or gettext("Unknown device"),
            each.origin.address,
            began=moment(write_instant(each.began_at)),
            used=moment(write_instant(each.used_at)),
            is_current=each.is_current,
        )
