"""What accounts needs of the browsers' sessions, which the storefront stores."""

from typing import Protocol


class SessionsUnavailable(Exception):  # noqa: N818 - says what happened
    """The store does not answer; nothing is known of anybody's session."""


class EndsSessions(Protocol):
    """Ends the sessions of a person."""

    def end_all(self, account_id: str, *, but: str | None = None) -> None:
        """End every session of an account; `but` is the id of one that goes on.

        Raises:
            SessionsUnavailable: The store does not answer; some may have ended.
        """
        ...
