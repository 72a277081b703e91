"""Refusals of accounts; `api/problems.toml` has their statuses and texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput, Refusal


class EmailTaken(Refusal):
    """An account with this e-mail exists, in any case."""

    slug = "email-taken"


class BadCredentials(Refusal):
    """No account has this e-mail and this password; which of the two is not said."""

    slug = "bad-credentials"


class WrongPassword(InvalidInput):
    """The current password that was given to change it is another."""

    def __init__(self) -> None:
        super().__init__((FieldError("current_password", FieldCode.WRONG_PASSWORD),))


class PasswordsBusy(Refusal):
    """Too many passwords are being checked at once."""

    slug = "passwords-busy"


class SignInRequired(Refusal):
    """An API key was used where only a person who signed in may act."""

    slug = "sign-in-required"


class BadRefreshToken(Refusal):
    """The refresh token was used, revoked, has expired, or is unknown."""

    slug = "bad-refresh-token"


class RefreshTokenReused(BadRefreshToken):
    """The refresh token had been used before, so it has leaked; `account_id` is its owner's."""

    def __init__(self, account_id: str) -> None:
        super().__init__()
        self.account_id = account_id


class TooManyKeys(Refusal):
    """The account holds as many keys as it may."""

    slug = "too-many-keys"


class KeyNotFound(Refusal):
    """There is no such API key, or it was revoked."""

    slug = "key-not-found"


class AccountNotFound(Refusal):
    """There is no such account."""

    slug = "account-not-found"


class LinkExpired(Refusal):
    """The link was used, is too old, was replaced by a newer one, or never existed."""

    slug = "link-expired"


class NoMail(Refusal):
    """This installation sends no e-mails."""

    slug = "no-mail"


class ContextsUnavailable(Refusal):
    """A context does not answer, so that what it holds of a person is not known."""

    slug = "data-unavailable"


@dataclass(eq=True)
class OpenObligations(Refusal):
    """The account cannot be closed while it is needed; `items` says for what."""

    slug: ClassVar[str] = "open-obligations"
    items: Sequence[Mapping[str, Any]]


@dataclass(eq=True)
class TermsNotAccepted(Refusal):
    """The house's terms in force were not accepted; `terms_version` is their version."""

    slug: ClassVar[str] = "terms-not-accepted"
    terms_version: int
