"""What pages and API do alike for a person's data: exporting them, and closing the account."""

from collections.abc import Mapping
from typing import Any

from martelo.accounts.api.access import count_guesses
from martelo.accounts.closing.account import close_account
from martelo.accounts.closing.export import own_data
from martelo.accounts.dependencies import Dependencies
from martelo.accounts.lookup import get_account
from martelo.accounts.security_events import Event


def export(account_id: str, dependencies: Dependencies) -> Mapping[str, Any]:
    """Return a person's data, by context.

    Raises:
        AccountNotFound: There is no such account.
        ContextsUnavailable: A context does not answer.
    """
    account = get_account(account_id)
    data = {"accounts": own_data(account), **dependencies.contexts.read(account_id)}
    dependencies.events.report(Event.DATA_EXPORTED, account_id)
    return data


def close(account_id: str, current_password: str, dependencies: Dependencies) -> None:
    """Close an account; it is erased everywhere a quarter of an hour later.

    Raises:
        WrongPassword: The password is another.
        OpenObligations: Open auctions or something else keep the account open.
        ContextsUnavailable: It cannot be known whether there are any.
        RateLimited: There were too many wrong passwords recently.
        AccountNotFound, SessionsUnavailable: As `close_account`.
    """
    with count_guesses(get_account(account_id).email, dependencies):
        close_account(
            account_id,
            current_password,
            dependencies.passwords,
            dependencies.contexts,
            dependencies.now(),
            dependencies.sessions.end_all,
        )
    dependencies.events.report(Event.ACCOUNT_CLOSED, account_id)
