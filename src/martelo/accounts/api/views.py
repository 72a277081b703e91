"""The accounts API over HTTP: parse, call, render."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from martelo.accounts.api.access import (
    count_guesses,
    identify,
    identify_person,
    limit_sign_ins,
    require_service,
)
from martelo.accounts.api.closing import close, export
from martelo.accounts.api.email_changes import (
    NewPerson,
    change_email,
    confirm,
    register_person,
    send_confirmation,
    update_sessions,
)
from martelo.accounts.api.password_changes import finish_change, request_link
from martelo.accounts.api.terms import accept
from martelo.accounts.dependencies import Dependencies
from martelo.accounts.house.documents import TERMS, read_document
from martelo.accounts.house.identity import imprint
from martelo.accounts.house.settings import read_house
from martelo.accounts.lookup import get_account
from martelo.accounts.models import Account, ApiKey
from martelo.accounts.passwords.changing import PasswordChange, change_password
from martelo.accounts.passwords.reset import Reset, reset_password
from martelo.accounts.people.registration import rename
from martelo.accounts.people.signing_in import sign_in
from martelo.accounts.refusals import RefreshTokenReused
from martelo.accounts.roles import roles_by_key
from martelo.accounts.security_events import Event
from martelo.accounts.tokens.keys import (
    KeyOrder,
    create_key,
    find_key,
    list_keys,
    revoke_key,
    revoke_keys,
)
from martelo.accounts.tokens.refresh import refresh, sign_out, start_family
from martelo.accounts.tokens.secrets import LinkKind
from martelo.accounts.tokens.signing import ACCESS_LIFETIME, EXCHANGED_LIFETIME, Subject
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.instants import EPOCH, format_instant
from martelo.kernel.refusal import FieldError, InvalidInput
from martelo.runtime.django.bodies import read_body
from martelo.runtime.identity.service_keys import ScopeMissing

READ_SCOPE = "read"


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of every body: it refuses undeclared fields."""


class Registration(_Body, frozen=True):
    """Body of `POST /api/auth/register`."""

    email: str
    password: str
    name: str
    terms_version: int = 0


class Closing(_Body, frozen=True):
    """Body of `DELETE /api/auth/me`."""

    current_password: str


class AcceptedTerms(_Body, frozen=True):
    """Body of `POST /api/auth/terms`: the version that is accepted."""

    version: int


class Credentials(_Body, frozen=True):
    """Body of `POST /api/auth/token`."""

    email: str
    password: str


class RefreshToken(_Body, frozen=True):
    """Body of `POST /api/auth/refresh` and `/logout`."""

    refresh_token: str


class KeyRequest(_Body, frozen=True):
    """Body of `POST /api/auth/keys`."""

    name: str
    scopes: list[str]
    expires_in_days: int | None = None


class ProfileChange(_Body, frozen=True):
    """Body of `PATCH /api/auth/me`; absent fields stay as they are."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET
    current_password: str | msgspec.UnsetType = msgspec.UNSET
    revoke_keys: bool = True


class ForgottenPassword(_Body, frozen=True):
    """Body of `POST /api/auth/password/forgot`."""

    email: str


class PasswordReset(_Body, frozen=True):
    """Body of `POST /api/auth/password/reset`; `token` is the one of the link."""

    token: str
    password: str
    revoke_keys: bool = True


class EmailChange(_Body, frozen=True):
    """Body of `POST /api/auth/email`."""

    email: str
    current_password: str


class Confirmation(_Body, frozen=True):
    """Body of `POST /api/auth/email/confirm`; `token` is the one of the link."""

    token: str


class PresentedKey(_Body, frozen=True):
    """Body of `POST /internal/keys/exchange`."""

    key: str


_REGISTRATIONS = msgspec.json.Decoder(Registration)
_CREDENTIALS = msgspec.json.Decoder(Credentials)
_REFRESH_TOKENS = msgspec.json.Decoder(RefreshToken)
_KEY_REQUESTS = msgspec.json.Decoder(KeyRequest)
_PROFILE_CHANGES = msgspec.json.Decoder(ProfileChange)
_FORGOTTEN_PASSWORDS = msgspec.json.Decoder(ForgottenPassword)
_PASSWORD_RESETS = msgspec.json.Decoder(PasswordReset)
_EMAIL_CHANGES = msgspec.json.Decoder(EmailChange)
_CONFIRMATIONS = msgspec.json.Decoder(Confirmation)
_CLOSINGS = msgspec.json.Decoder(Closing)
_ACCEPTED_TERMS = msgspec.json.Decoder(AcceptedTerms)
_PRESENTED_KEYS = msgspec.json.Decoder(PresentedKey)


@dataclass(frozen=True)
class AccountsApi:
    """The views of the accounts API."""

    dependencies: Dependencies

    def register(self, request: HttpRequest) -> HttpResponse:
        """Make an account; where addresses are confirmed, the answer is the same for every one."""
        limit_sign_ins(request, self.dependencies)
        body = read_body(request, _REGISTRATIONS)
        person = NewPerson(body.email, body.password, body.name, terms_version=body.terms_version)
        account = register_person(person, self.dependencies)
        if account is None:
            return HttpResponse(status=HTTPStatus.ACCEPTED)
        return _json({"account_id": str(account.id), "name": account.name}, HTTPStatus.CREATED)

    def token(self, request: HttpRequest) -> HttpResponse:
        """Sign in."""
        limit_sign_ins(request, self.dependencies)
        body = read_body(request, _CREDENTIALS)
        with count_guesses(body.email, self.dependencies):
            account = sign_in(body.email, body.password, self.dependencies.passwords)
        refresh_token = start_family(account, self.dependencies.now())
        self.dependencies.events.report(Event.SIGNED_IN, str(account.id))
        return self._tokens(account, refresh_token)

    def refresh(self, request: HttpRequest) -> HttpResponse:
        """Exchange a refresh token."""
        body = read_body(request, _REFRESH_TOKENS)
        try:
            account, successor = refresh(body.refresh_token, self.dependencies.now())
        except RefreshTokenReused as error:
            self.dependencies.events.report(Event.REFRESH_REUSED, error.account_id)
            raise
        return self._tokens(account, successor)

    def logout(self, request: HttpRequest) -> HttpResponse:
        """End a sign-in."""
        body = read_body(request, _REFRESH_TOKENS)
        sign_out(body.refresh_token, self.dependencies.now())
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def forgot_password(self, request: HttpRequest) -> HttpResponse:
        """Have a link to a new password sent; the answer is the same for every address."""
        limit_sign_ins(request, self.dependencies)
        request_link(read_body(request, _FORGOTTEN_PASSWORDS).email, self.dependencies)
        return HttpResponse(status=HTTPStatus.ACCEPTED)

    def reset_password(self, request: HttpRequest) -> HttpResponse:
        """Set a new password by a link."""
        limit_sign_ins(request, self.dependencies)
        body = read_body(request, _PASSWORD_RESETS)
        reset_password(
            Reset(
                self.dependencies.link_tokens.read(LinkKind.PASSWORD, body.token),
                body.password,
                body.revoke_keys,
            ),
            self.dependencies.passwords,
            self.dependencies.now(),
            partial(finish_change, dependencies=self.dependencies),
        )
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def change_email(self, request: HttpRequest) -> HttpResponse:
        """Have a link sent to another address of one's own account."""
        identity = identify_person(request, self.dependencies)
        limit_sign_ins(request, self.dependencies)
        body = read_body(request, _EMAIL_CHANGES)
        with count_guesses(get_account(identity.account_id).email, self.dependencies):
            change_email(identity.account_id, body.email, body.current_password, self.dependencies)
        return HttpResponse(status=HTTPStatus.ACCEPTED)

    def resend_confirmation(self, request: HttpRequest) -> HttpResponse:
        """Have another link sent to one's own unconfirmed address."""
        identity = identify_person(request, self.dependencies)
        send_confirmation(identity.account_id, self.dependencies)
        return HttpResponse(status=HTTPStatus.ACCEPTED)

    def confirm_email(self, request: HttpRequest) -> HttpResponse:
        """Confirm an address by a link."""
        limit_sign_ins(request, self.dependencies)
        confirm(read_body(request, _CONFIRMATIONS).token, self.dependencies)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def show_me(self, request: HttpRequest) -> HttpResponse:
        """Return one's own account."""
        identity = identify(request, self.dependencies)
        if not identity.may(READ_SCOPE):
            raise ScopeMissing(READ_SCOPE)
        return _json(_profile(get_account(identity.account_id)))

    def change_me(self, request: HttpRequest) -> HttpResponse:
        """Change one's own name or password."""
        identity = identify_person(request, self.dependencies)
        change = read_body(request, _PROFILE_CHANGES)
        if isinstance(change.password, str) != isinstance(change.current_password, str):
            missing = "password" if isinstance(change.current_password, str) else "current_password"
            raise InvalidInput((FieldError(missing, FieldCode.REQUIRED),))
        with transaction.atomic():
            if isinstance(change.name, str):
                update_sessions(rename(identity.account_id, change.name), self.dependencies)
            if isinstance(change.password, str) and isinstance(change.current_password, str):
                limit_sign_ins(request, self.dependencies)
                self._change_password(
                    identity.account_id,
                    PasswordChange(change.current_password, change.password, change.revoke_keys),
                )
        return _json(_profile(get_account(identity.account_id)))

    def export_me(self, request: HttpRequest) -> HttpResponse:
        """Return everything that the house holds of one's own account."""
        identity = identify_person(request, self.dependencies)
        return _json(export(identity.account_id, self.dependencies))

    def close_me(self, request: HttpRequest) -> HttpResponse:
        """Close one's own account."""
        identity = identify_person(request, self.dependencies)
        limit_sign_ins(request, self.dependencies)
        body = read_body(request, _CLOSINGS)
        close(identity.account_id, body.current_password, self.dependencies)
        return HttpResponse(status=HTTPStatus.ACCEPTED)

    def create_key(self, request: HttpRequest) -> HttpResponse:
        """Make an API key; the answer is the only time it is shown."""
        identity = identify_person(request, self.dependencies)
        body = read_body(request, _KEY_REQUESTS)
        key, issued = create_key(
            identity.account_id,
            KeyOrder(body.name, body.scopes, body.expires_in_days),
            self.dependencies.now(),
        )
        self.dependencies.events.report(Event.KEY_CREATED, identity.account_id)
        return _json({**_key(key), "key": issued.text}, HTTPStatus.CREATED)

    def list_keys(self, request: HttpRequest) -> HttpResponse:
        """Return one's own keys; they are few, so there is one page."""
        identity = identify_person(request, self.dependencies)
        keys = list_keys(identity.account_id, self.dependencies.now())
        return _json({"items": [_key(key) for key in keys], "next_cursor": None})

    def revoke_key(self, request: HttpRequest, prefix: str) -> HttpResponse:
        """Revoke one of one's own keys."""
        identity = identify_person(request, self.dependencies)
        revoke_key(identity.account_id, prefix, self.dependencies.now())
        self.dependencies.events.report(Event.KEY_REVOKED, identity.account_id)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def revoke_keys(self, request: HttpRequest) -> HttpResponse:
        """Revoke all of one's own keys."""
        identity = identify_person(request, self.dependencies)
        revoke_keys(identity.account_id, self.dependencies.now())
        self.dependencies.events.report(Event.KEY_REVOKED, identity.account_id)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def jwks(self, _request: HttpRequest) -> HttpResponse:
        """Return the public keys."""
        answer = HttpResponse(
            self.dependencies.signer.jwks, content_type="application/jwk-set+json"
        )
        answer["Cache-Control"] = "public, max-age=30"
        return answer

    def show_terms(self, _request: HttpRequest) -> HttpResponse:
        """Return the house's terms in force; version 0 where it has none."""
        terms = read_document(TERMS)
        if terms is None:
            return _json({"version": 0, "text": "", "published_at": None})
        published_at = _instant(terms.published_at)
        return _json({"version": terms.version, "text": terms.text, "published_at": published_at})

    def accept_terms(self, request: HttpRequest) -> HttpResponse:
        """Accept the terms in force."""
        identity = identify_person(request, self.dependencies)
        body = read_body(request, _ACCEPTED_TERMS)
        accept(identity.account_id, body.version, self.dependencies)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    def exchange_key(self, request: HttpRequest) -> HttpResponse:
        """Give a service a short token for the API key a program sent it."""
        require_service(request, self.dependencies, "keys:exchange")
        key = find_key(read_body(request, _PRESENTED_KEYS).key, self.dependencies.now())
        subject = self._subject(key.account, roles_by_key(key.account))
        access_token = self._mint(subject, EXCHANGED_LIFETIME, scopes=key.scopes)
        return _json({"access_token": access_token, "expires_in": _seconds(EXCHANGED_LIFETIME)})

    def contact(self, request: HttpRequest, account_id: str) -> HttpResponse:
        """Return the name and e-mail address of a person to a service."""
        require_service(request, self.dependencies, "accounts:contact")
        account = get_account(account_id)
        return _json({"account_id": str(account.id), "name": account.name, "email": account.email})

    def house(self, request: HttpRequest) -> HttpResponse:
        """Return to a service the house's language, tone and posts."""
        require_service(request, self.dependencies, "house:read")
        house = read_house()
        return _json(
            {
                "name": house.name,
                "sender_name": house.sender_name,
                "language": house.language,
                "tone": house.tone,
                "winner_naming": house.winner_naming,
                "posts": house.posts,
                "imprint": imprint(house),
            }
        )

    def _change_password(self, account_id: str, change: PasswordChange) -> None:
        email = get_account(account_id).email
        with count_guesses(email, self.dependencies):
            change_password(
                account_id,
                change,
                self.dependencies.passwords,
                self.dependencies.now(),
                partial(finish_change, dependencies=self.dependencies),
            )

    def _tokens(self, account: Account, refresh_token: str) -> HttpResponse:
        return _json(
            {
                "access_token": self._mint(
                    self._subject(account, account.roles), ACCESS_LIFETIME, scopes=None
                ),
                "token_type": "Bearer",
                "expires_in": _seconds(ACCESS_LIFETIME),
                "refresh_token": refresh_token,
            }
        )

    def _subject(self, account: Account, roles: list[str]) -> Subject:
        return self.dependencies.subject(
            str(account.id),
            account.name,
            tuple(roles),
            is_confirmed=account.email_confirmed_at is not None,
        )

    def _mint(self, subject: Subject, lifetime: timedelta, *, scopes: list[str] | None) -> str:
        now = self.dependencies.now()
        return self.dependencies.signer.mint(subject, now=now, lifetime=lifetime, scopes=scopes)


def _json(body: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json")


def _profile(account: Account) -> dict[str, object]:
    return {
        "account_id": str(account.id),
        "email": account.email,
        "email_confirmed": account.email_confirmed_at is not None,
        "name": account.name,
        "roles": account.roles,
    }


def _key(key: ApiKey) -> dict[str, object]:
    return {
        "prefix": key.prefix,
        "name": key.name,
        "scopes": key.scopes,
        "created_at": _instant(key.created_at),
        "expires_at": None if key.expires_at is None else _instant(key.expires_at),
        "last_used_at": None if key.used_at is None else _instant(key.used_at),
    }


def _instant(at: datetime) -> str:
    return format_instant((at - EPOCH) // timedelta(milliseconds=1))


def _seconds(lifetime: timedelta) -> int:
    return int(lifetime.total_seconds())
