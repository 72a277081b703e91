"""Signing in and out, registering, and one's own profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.accounts import demo, services
from martelo.accounts.api.access import limit_sign_ins
from martelo.accounts.details import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, MIN_PASSWORD_LENGTH
from martelo.accounts.models import Account
from martelo.accounts.refusals import BadCredentials, EmailTaken
from martelo.kernel.refusal import InvalidInput, Refusal
from martelo.runtime.problems.refusals import RateLimited
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Person, Session, SessionsUnavailable
from martelo.storefront.texts.field_texts import explain_fault
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.fields import Field
from martelo.storefront.web.safe_paths import safe_path, see_other
from martelo.storefront.web.visitors import forget, person_of, remember, visitor_of

Faults = Mapping[str, str]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AccountViews:
    """The views of signing in, and of who one is."""

    dependencies: Dependencies

    def show_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or go on where somebody is signed in already."""
        if person_of(request) is not None:
            return see_other(safe_path(request.GET.get("next", "")))
        return self._sign_in_page(request, request.GET, {})

    def sign_in(self, request: HttpRequest) -> HttpResponse:
        """Sign in."""
        typed = request.POST
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            account = services.sign_in(
                typed.get("email", "").strip(),
                typed.get("password", ""),
                self.dependencies.accounts.passwords,
            )
            return self._begin(request, account)
        except BadCredentials:
            wrong = gettext("No account has this e-mail and this password.")
            return self._sign_in_page(request, typed, {"": wrong}, HTTPStatus.UNAUTHORIZED)
        except (RateLimited, *_DOWN) as error:
            return self._sign_in_page(request, typed, {"": _trouble(error)}, _status(error))

    def show_register(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or go on where somebody is signed in already."""
        if person_of(request) is not None:
            return see_other(safe_path(request.GET.get("next", "")))
        return _register_page(request, request.GET, {})

    def register(self, request: HttpRequest) -> HttpResponse:
        """Make an account, and sign its owner in."""
        typed = request.POST
        try:
            limit_sign_ins(request, self.dependencies.accounts)
            account = services.register(
                typed.get("email", "").strip(),
                typed.get("password", ""),
                typed.get("name", ""),
                self.dependencies.accounts.passwords,
            )
            answer = self._begin(request, account)
        except InvalidInput as error:
            return _register_page(request, typed, _faults(error), HTTPStatus.BAD_REQUEST)
        except EmailTaken:
            taken = gettext("An account with this e-mail exists already. Sign in instead.")
            return _register_page(request, typed, {"email": taken}, HTTPStatus.CONFLICT)
        except (RateLimited, *_DOWN) as error:
            return _register_page(request, typed, {"": _trouble(error)}, _status(error))
        messages.success(request, gettext("Welcome! Your account is ready."))
        return answer

    def sign_out(self, request: HttpRequest) -> HttpResponse:
        """End the session; the cookie goes even where the store does not answer."""
        answer = see_other("/")
        session = visitor_of(request).session
        if session is not None:
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
        return _profile_page(request, session, {"name": session.person.name}, {})

    @signed_in
    def change_profile(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Change one's name, or one's password: each has its own form."""
        typed = request.POST
        try:
            if "password" in typed:
                limit_sign_ins(request, self.dependencies.accounts)
                said = self._change_password(typed, session)
            else:
                services.rename(session.person.account_id, typed.get("name", ""))
                account = services.get_account(session.person.account_id)
                self.dependencies.sessions.rename(session, account.name)
                said = gettext("Your name was changed.")
        except InvalidInput as error:
            return _profile_page(request, session, typed, _faults(error), HTTPStatus.BAD_REQUEST)
        except (RateLimited, *_DOWN) as error:
            faults = {"": _trouble(error)}
            return _profile_page(request, session, typed, faults, _status(error))
        messages.success(request, said)
        return see_other("/perfil")

    def _change_password(self, typed: Mapping[str, str], session: Session) -> str:
        services.change_password(
            session.person.account_id,
            typed.get("current_password", ""),
            typed.get("password", ""),
            self.dependencies.accounts.passwords,
            self.dependencies.now(),
        )
        self.dependencies.sessions.end_others(session)
        return gettext("Your password was changed; everywhere else you are signed out.")

    def _begin(self, request: HttpRequest, account: Account) -> HttpResponse:
        """Return the way on, with a new session in place of any other."""
        person = Person(str(account.id), account.name, tuple(account.roles))
        session = self.dependencies.sessions.begin(person, instead_of=visitor_of(request).session)
        answer = see_other(safe_path(request.POST.get("next", "")))
        remember(answer, session)
        rotate_token(request)
        return answer

    def _sign_in_page(
        self,
        request: HttpRequest,
        typed: Mapping[str, str],
        faults: Faults,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        facts = {
            "fields": [
                _email(typed, faults),
                Field(
                    name="password",
                    label=gettext("Password"),
                    kind="password",
                    is_required=True,
                    autocomplete="current-password",
                ),
            ],
            "trouble": faults.get("", ""),
            "next": safe_path(typed.get("next", "")),
            "demo_people": self._demo_people(),
            "demo_password": demo.PASSWORD,
        }
        return render(request, "people/sign_in.html", facts, status=status)

    def _demo_people(self) -> list[tuple[str, str]]:
        """Return the demo's accounts, in a demo house only and as far as they can be entered."""
        if not self.dependencies.is_demo:
            return []
        try:
            return list(demo.find_people(self.dependencies.accounts.passwords))
        except (OperationalError, InterfaceError):
            return []


_DOWN = (OperationalError, InterfaceError, SessionsUnavailable)


def _email(typed: Mapping[str, str], faults: Faults) -> Field:
    return Field(
        name="email",
        label=gettext("E-mail"),
        kind="email",
        value=typed.get("email", "")[:MAX_EMAIL_LENGTH],
        fault=faults.get("email", ""),
        longest=MAX_EMAIL_LENGTH,
        is_required=True,
        autocomplete="username",
    )


def _name(value: str, faults: Faults, hint: str = "") -> Field:
    return Field(
        name="name",
        label=gettext("Your name"),
        value=value[:MAX_NAME_LENGTH],
        fault=faults.get("name", ""),
        hint=hint,
        longest=MAX_NAME_LENGTH,
        is_required=True,
        autocomplete="name",
    )


def _new_password(faults: Faults, label: str) -> Field:
    return Field(
        name="password",
        label=label,
        kind="password",
        hint=gettext("At least 10 characters; a few words in a row are easy to remember."),
        fault=faults.get("password", ""),
        shortest=MIN_PASSWORD_LENGTH,
        is_required=True,
        autocomplete="new-password",
    )


def _register_page(
    request: HttpRequest,
    typed: Mapping[str, str],
    faults: Faults,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    masked = gettext("Others see it masked while they bid against you, as in “A***a”.")
    facts = {
        "fields": [
            _name(typed.get("name", ""), faults, masked),
            _email(typed, faults),
            _new_password(faults, gettext("Password")),
        ],
        "trouble": faults.get("", ""),
        "next": safe_path(typed.get("next", "")),
    }
    return render(request, "people/register.html", facts, status=status)


def _profile_page(
    request: HttpRequest,
    session: Session,
    typed: Mapping[str, str],
    faults: Faults,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    current = Field(
        name="current_password",
        label=gettext("Current password"),
        kind="password",
        fault=faults.get("current_password", ""),
        is_required=True,
        autocomplete="current-password",
    )
    facts = {
        "name_fields": [_name(typed.get("name", session.person.name), faults)],
        "password_fields": [current, _new_password(faults, gettext("New password"))],
        "trouble": faults.get("", ""),
    }
    return render(request, "people/profile.html", facts, status=status)


def _faults(error: InvalidInput) -> Faults:
    return {each.field: explain_fault(each.field, each.code, each.bounds) for each in error.errors}


def _trouble(error: Exception) -> str:
    if isinstance(error, Refusal):
        return gettext("Too many tries in a row. Wait a minute and try again.")
    log.warning("entry-unavailable", reason=type(error).__name__)
    return gettext("Signing in does not work right now. Try again soon.")


def _status(error: Exception) -> HTTPStatus:
    if isinstance(error, RateLimited):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.SERVICE_UNAVAILABLE
