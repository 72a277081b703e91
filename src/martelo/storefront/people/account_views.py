"""Signing in and out, registering, and one's own profile."""

import re
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts import demo
from martelo.accounts.api.access import count_guesses, limit_sign_ins
from martelo.accounts.api.email_changes import NewPerson, register_person, update_sessions
from martelo.accounts.api.password_changes import finish_change
from martelo.accounts.lookup import get_account, while_current
from martelo.accounts.models import Account
from martelo.accounts.passwords.changing import PasswordChange, change_password
from martelo.accounts.people.registration import rename
from martelo.accounts.people.signing_in import sign_in
from martelo.accounts.refusals import (
    BadCredentials,
    EmailTaken,
    PasswordsBusy,
    TermsNotAccepted,
)
from martelo.accounts.security_events import Event
from martelo.accounts.sessions import SessionsUnavailable
from martelo.kernel.refusal import InvalidInput
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.people.faults import DOWN, PAUSES, attach_fault, with_pause
from martelo.storefront.people.forms import (
    ChangePasswordForm,
    RegisterForm,
    RenameForm,
    SignInForm,
)
from martelo.storefront.people.origins import origin_of
from martelo.storefront.people.persons import person_of_account
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.answers import see_other
from martelo.storefront.web.forms import Form
from martelo.storefront.web.safe_paths import safe_path
from martelo.storefront.web.visitors import forget, person_of, remember, visitor_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AccountViews:
    """The views of signing in, and of who one is."""

    dependencies: Dependencies

    def show_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or go on where somebody is signed in already."""
        if person_of(request) is not None:
            return see_other(safe_path(request.GET.get("next", "")))
        return self._sign_in_page(request, SignInForm(initial=request.GET.dict()))

    def sign_in(self, request: HttpRequest) -> HttpResponse:
        """Sign in."""
        form = SignInForm(request.POST)
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            if not form.is_valid():
                return self._sign_in_page(request, form, HTTPStatus.BAD_REQUEST)
            return self._begin(request, self._recognize(form))
        except BadCredentials:
            form.add_error(None, gettext("No account has this e-mail and this password."))
            return self._sign_in_page(request, form, HTTPStatus.UNAUTHORIZED)
        except (*PAUSES, *DOWN) as error:
            return with_pause(self._sign_in_page(request, form, attach_fault(form, error)), error)

    def show_register(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or go on where somebody is signed in already."""
        if person_of(request) is not None:
            return see_other(safe_path(request.GET.get("next", "")))
        return _register_page(request, RegisterForm(initial=request.GET.dict()))

    def register(self, request: HttpRequest) -> HttpResponse:
        """Make an account, and sign its owner in unless the address must be confirmed first."""
        form = RegisterForm(request.POST)
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            if not form.is_valid():
                return _register_page(request, form, HTTPStatus.BAD_REQUEST)
            account = register_person(_new_person(request, form), self.dependencies.accounts)
            if account is None:
                return see_other(f"/cadastro/enviado?{urlencode({'next': _next(request)})}")
            answer = self._begin(request, account)
        except TermsNotAccepted:
            form.add_error(None, gettext("Read the rules of this house and accept them."))
            return _register_page(request, form, HTTPStatus.CONFLICT)
        except (EmailTaken, InvalidInput, *PAUSES, *DOWN) as error:
            return with_pause(_register_page(request, form, attach_fault(form, error)), error)
        messages.success(request, gettext("Welcome! Your account is ready."))
        return answer

    def show_sent(self, request: HttpRequest) -> HttpResponse:
        """Say that an e-mail is on its way to who registered."""
        facts = {"next": _next(request)}
        return render(request, "people/registration_sent.html", facts)

    def sign_out(self, request: HttpRequest) -> HttpResponse:
        """End the session; the cookie goes even where the store does not answer."""
        answer = see_other("/")
        session = visitor_of(request).session
        if session is not None:
            self.dependencies.accounts.events.report(Event.SIGNED_OUT, session.person.account_id)
            try:
                self.dependencies.sessions.end(session)
            except SessionsUnavailable:
                log.warning("session-not-ended")
        forget(answer)
        rotate_token(request)
        messages.success(request, gettext("You are signed out."))
        return answer

    @signed_in
    def show_profile(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show who one is."""
        return _profile_page(request, session)

    @signed_in
    def change_profile(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Change one's name, or one's password: each has its own form."""
        is_password = "password" in request.POST
        form = ChangePasswordForm(request.POST) if is_password else RenameForm(request.POST)
        try:
            if is_password:
                limit_sign_ins(request, self.dependencies.accounts)
            if not form.is_valid():
                return _profile_page(request, session, form, HTTPStatus.BAD_REQUEST)
            change = self._change_password if is_password else self._rename
            done = change(form, session)
        except (InvalidInput, *PAUSES, *DOWN) as error:
            return with_pause(
                _profile_page(request, session, form, attach_fault(form, error)), error
            )
        messages.success(request, done)
        return see_other("/perfil")

    def _recognize(self, form: Form) -> Account:
        email, password = form.cleaned_data["email"], form.cleaned_data["password"]
        with count_guesses(email, self.dependencies.accounts):
            return sign_in(email, password, self.dependencies.accounts.passwords)

    def _rename(self, form: Form, session: Session) -> str:
        account = rename(session.person.account_id, form.cleaned_data["name"])
        update_sessions(account, self.dependencies.accounts)
        return gettext("Your name was changed.")

    def _change_password(self, form: Form, session: Session) -> str:
        account = get_account(session.person.account_id)
        with count_guesses(account.email, self.dependencies.accounts):
            change_password(
                session.person.account_id,
                PasswordChange(
                    form.cleaned_data["current_password"],
                    form.cleaned_data["password"],
                    form.cleaned_data["revoke_keys"],
                ),
                self.dependencies.accounts.passwords,
                self.dependencies.now(),
                partial(finish_change, dependencies=self.dependencies.accounts, but=session.id),
            )
        return gettext("Your password was changed; everywhere else you are signed out.")

    def _begin(self, request: HttpRequest, account: Account) -> HttpResponse:
        """Return a redirect that starts a new session in place of any other."""
        person = person_of_account(account)
        with while_current(account):
            session = self.dependencies.sessions.begin(
                person, origin_of(request), instead_of=visitor_of(request).session
            )
        self.dependencies.accounts.events.report(Event.SIGNED_IN, str(account.id))
        answer = see_other(safe_path(request.POST.get("next", "")))
        remember(answer, session)
        rotate_token(request)
        return answer

    def _sign_in_page(
        self, request: HttpRequest, form: SignInForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        facts = {
            "form": form,
            "next": _next(request),
            "demo_people": self._demo_people(),
            "demo_password": demo.PASSWORD,
            "demo_administrator": demo.ADMINISTRATOR,
        }
        return render(request, "people/sign_in.html", facts, status=status)

    def _demo_people(self) -> list[tuple[str, str]]:
        """Return the demo's accounts, in a demo house only and as far as they can be entered."""
        if not self.dependencies.is_demo:
            return []
        try:
            return list(demo.find_people(self.dependencies.accounts.passwords))
        except (OperationalError, InterfaceError, PasswordsBusy):
            return []


def _new_person(request: HttpRequest, form: Form) -> NewPerson:
    values = form.cleaned_data
    return NewPerson(
        values["email"],
        values["password"],
        values["name"],
        _next(request),
        terms_version=_accepted_terms(request),
    )


def _accepted_terms(request: HttpRequest) -> int:
    """Return the version of the terms that the page showed, 0 unless it was accepted."""
    shown = request.POST.get("accepted_terms", "")
    return int(shown) if re.fullmatch("[0-9]{1,9}", shown, re.ASCII) else 0


def _register_page(
    request: HttpRequest, form: RegisterForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    facts = {"form": form, "next": _next(request)}
    return render(request, "people/register.html", facts, status=status)


def _profile_page(
    request: HttpRequest,
    session: Session,
    form: Form | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Return the page of both forms; `form` is the one that was sent."""
    is_password = isinstance(form, ChangePasswordForm)
    unsent = RenameForm(initial={"name": session.person.name})
    facts = {
        "rename_form": form if form and not is_password else unsent,
        "password_form": form if is_password else ChangePasswordForm(),
        "trouble": form.summary if form else "",
    }
    return render(request, "people/profile.html", facts, status=status)


def _next(request: HttpRequest) -> str:
    sent = request.POST if request.method == "POST" else request.GET
    return safe_path(sent.get("next", ""))
