"""What pages and API do alike for the house's terms."""

from martelo.accounts.api.email_changes import update_sessions
from martelo.accounts.dependencies import Dependencies
from martelo.accounts.house.documents import accept_terms
from martelo.accounts.house.settings import read_house


def accept(account_id: str, version: int, dependencies: Dependencies) -> None:
    """Note that a person accepts the terms in force, and let the person's sessions know it.

    Raises:
        TermsNotAccepted: The version is another than that in force.
        AccountNotFound: There is no such account.
        SessionsUnavailable: The acceptance is stored, but the sessions do not know it yet.
    """
    in_force = read_house().terms_version
    account = accept_terms(account_id, version, in_force, dependencies.now())
    update_sessions(account, dependencies)
