"""What pages and API do alike for a new password and a forgotten one."""

from martelo.accounts.api.email_changes import language
from martelo.accounts.dependencies import Dependencies
from martelo.accounts.details import clean_email, email_faults
from martelo.accounts.mail import outbox
from martelo.accounts.models import Account
from martelo.accounts.refusals import NoMail
from martelo.accounts.security_events import Event
from martelo.kernel.refusal import InvalidInput


def finish_change(account: Account, dependencies: Dependencies, *, but: str | None = None) -> None:
    """Notify a person of their new password and end their sessions, `but` the one that goes on.

    Raises:
        SessionsUnavailable: The sessions cannot be ended, so the password must stay.
    """
    if dependencies.writes_to(account):
        outbox.put(outbox.PASSWORD_CHANGED, account.email, language(), dependencies.now())
    dependencies.sessions.end_all(str(account.id), but=but)
    dependencies.events.report(Event.PASSWORD_CHANGED, str(account.id))


def request_link(email: str, dependencies: Dependencies) -> None:
    """Have a link sent, if an account has this address.

    Whether one has is looked up when the e-mail is sent, so the request takes the same time.

    Raises:
        NoMail: The house sends no e-mails.
        InvalidInput: No e-mail can be written to this address.
    """
    if not dependencies.sends_mail:
        raise NoMail
    email = clean_email(email)
    faults = tuple(email_faults(email))
    if faults:
        raise InvalidInput(faults)
    outbox.put(outbox.PASSWORD_LINK, email, language(), dependencies.now())
