"""One's own API keys: what they may do, when they were used, making and revoking them."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.models import ApiKey
from martelo.accounts.refusals import KeyNotFound, TooManyKeys
from martelo.accounts.security_events import Event
from martelo.accounts.tokens.keys import create_key, list_keys, revoke_key
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.people.faults import DOWN, attach_fault
from martelo.storefront.people.forms import KeyForm, scope_texts
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.error_texts import moment
from martelo.storefront.texts.formatting import write_instant
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.answers import see_other

ADDRESS = "/perfil/chaves"


@dataclass(frozen=True)
class KeyRow:
    """One key in the reader's words."""

    prefix: str
    name: str
    scopes: str
    created: str
    expires: str
    used: str


@dataclass(frozen=True)
class KeyViews:
    """The views of one's own API keys."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """List the keys, with the form for another."""
        return self._page(request, session, KeyForm())

    @signed_in
    def make(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Make a key, and show it: this page is the only one that ever does."""
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self._page(request, session, form, status=HTTPStatus.BAD_REQUEST)
        try:
            _, issued = create_key(session.person.account_id, form.order(), self.dependencies.now())
        except TooManyKeys:
            form.add_error(None, gettext("You have 20 keys already. Revoke one first."))
            return self._page(request, session, form, status=HTTPStatus.CONFLICT)
        except (InvalidInput, *DOWN) as error:
            return self._page(request, session, form, status=attach_fault(form, error))
        self._report(Event.KEY_CREATED, session)
        return self._page(request, session, KeyForm(), made=issued.text)

    @signed_in
    def revoke(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Revoke a key; done twice it is the same."""
        account_id, prefix = session.person.account_id, request.POST.get("prefix", "")
        try:
            with suppress(KeyNotFound):
                revoke_key(account_id, prefix, self.dependencies.now())
                self._report(Event.KEY_REVOKED, session)
        except DOWN:
            return render(request, "web/unavailable.html", status=503)
        messages.success(request, gettext("The key is revoked."))
        return see_other(ADDRESS)

    def _report(self, event: Event, session: Session) -> None:
        self.dependencies.accounts.events.report(event, session.person.account_id)

    def _page(
        self,
        request: HttpRequest,
        session: Session,
        form: KeyForm,
        *,
        made: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        try:
            keys = list_keys(session.person.account_id, self.dependencies.now())
        except DOWN:
            return render(request, "web/unavailable.html", status=503)
        facts = {"form": form, "made": made, "rows": [_row(key) for key in keys]}
        return render(request, "people/keys.html", facts, status=status)


def _row(key: ApiKey) -> KeyRow:
    return KeyRow(
        key.prefix,
        key.name,
        _join(key.scopes),
        created=_moment(key.created_at, ""),
        expires=_moment(key.expires_at, gettext("never")),
        used=_moment(key.used_at, gettext("never")),
    )


def _join(scopes: Iterable[str]) -> str:
    texts = scope_texts()
    return ", ".join(str(texts.get(scope, scope)) for scope in scopes)


def _moment(at: datetime | None, absent: str) -> str:
    return absent if at is None else moment(write_instant(at))
