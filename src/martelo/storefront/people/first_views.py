"""The page behind the link that makes the first account an administrator."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts.people.first_administrator import (
    appoint_first,
    has_administrator,
    is_valid_key,
)
from martelo.accounts.security_events import Event
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.people.faults import DOWN
from martelo.storefront.people.origins import origin_of
from martelo.storefront.people.persons import person_of_account
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.answers import refused_page, see_other
from martelo.storefront.web.visitors import remember


@dataclass(frozen=True)
class FirstAdministratorViews:
    """The views of the link."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Ask for a confirmation."""
        key = request.GET.get("chave", "")
        try:
            if not self._is_valid(key) or has_administrator():
                return _refuse(request)
        except DOWN:
            return _unavailable(request)
        return render(request, "people/first_administrator.html", {"key": key})

    @signed_in
    def appoint(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Give the role, and a session that has it."""
        if not self._is_valid(request.POST.get("chave", "")):
            return _refuse(request)
        try:
            account = appoint_first(session.person.account_id)
            if account is None:
                return _refuse(request)
            self.dependencies.accounts.events.report(Event.ROLE_GRANTED, str(account.id))
            person = person_of_account(account)
            begun = self.dependencies.sessions.begin(person, origin_of(request), instead_of=session)
        except DOWN:
            return _unavailable(request)
        messages.success(request, gettext("You are the administrator of this house."))
        answer = see_other("/administracao/casa")
        remember(answer, begun)
        return answer

    def _is_valid(self, key: str) -> bool:
        return is_valid_key(key, settings.SECRET_KEY, self.dependencies.now())


def _refuse(request: HttpRequest) -> HttpResponse:
    text = gettext("This link does not work any more: it is too old, or there is an administrator.")
    return refused_page(request, text, HTTPStatus.GONE)


def _unavailable(request: HttpRequest) -> HttpResponse:
    return render(request, "web/unavailable.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
