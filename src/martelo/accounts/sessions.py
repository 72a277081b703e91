"""What accounts needs of the browsers' sessions, which the storefront stores."""

from typing import Protocol


class SessionsUnavailable(Exception):  # noqa: N818 - says what happened
    """The store does not answer; nothing is known of anybody's session."""


class AccountSessions(Protocol):
    """The sessions of a person, all at once."""

    def end_all(self, account_id: str, *, but: str | None = None) -> None:
        """End every session of an account; `but` is the id of one that goes on.

        Raises:
            SessionsUnavailable: The store does not answer; some may have ended.
        """
        ...

    def update_all(
        self,
        account_id: str,
        *,
        name: str,
        roles: tuple[str, ...],
        email_verified: bool,
        terms_version: int,
    ) -> None:
        """Let every session of an account show who the person is now.

        Raises:
            SessionsUnavailable: The store does not answer; some may be up to date.
        """
        ...
