"""What pages and API do alike for addresses: registering, confirming and changing them."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language

from martelo.accounts.dependencies import Dependencies
from martelo.accounts.details import clean_email, email_faults
from martelo.accounts.house.documents import note_acceptance, require_terms
from martelo.accounts.house.settings import read_house
from martelo.accounts.lookup import get_account
from martelo.accounts.mail import outbox
from martelo.accounts.models import Account, EmailLink
from martelo.accounts.passwords.changing import check_current
from martelo.accounts.people.email_addresses import (
    MAX_LINKS_PER_HOUR,
    change_unsent,
    confirm_email,
    count_links,
    is_taken,
    make_link,
)
from martelo.accounts.people.registration import register
from martelo.accounts.refusals import EmailTaken
from martelo.accounts.security_events import Event
from martelo.accounts.tokens.secrets import LinkKind
from martelo.kernel.refusal import refuse_faults
from martelo.runtime.problems.refusals import RateLimited

LINK_PAUSE_S = 1200
"""When somebody who asked for too many links may ask again."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who registers; the page of the confirming link goes on to `next_path`.

    `terms_version` is the version of the house's terms that the person accepts, 0 for none.
    """

    email: str
    password: str
    name: str
    next_path: str = "/"
    terms_version: int = 0


def register_person(person: NewPerson, dependencies: Dependencies) -> Account | None:
    """Make an account and, where addresses are confirmed, have a link sent to its address.

    There `None` is returned whether the address has an account or not: only the e-mail says which.

    Raises:
        InvalidInput: A detail breaks its rule.
        EmailTaken: An account with this address exists, and addresses are not confirmed.
        TermsNotAccepted: The house has terms, and the person does not accept the version in force.
    """
    require_terms(person.terms_version, read_house().terms_version)
    if not dependencies.confirms_emails:
        return _register(person, dependencies)
    try:
        with transaction.atomic():
            account = _register(person, dependencies)
            _send_link(account, account.email, dependencies, person.next_path)
    except EmailTaken:
        email = clean_email(person.email)
        outbox.put(outbox.ACCOUNT_EXISTS, email, language(), dependencies.now())
    return None


def send_confirmation(account_id: str, dependencies: Dependencies, next_path: str = "/") -> None:
    """Have a link sent to an address that is not confirmed; for a confirmed one nothing is done.

    Raises:
        RateLimited: Links were sent recently.
        AccountNotFound: There is no such account.
    """
    account = get_account(account_id)
    if account.email_confirmed_at is None and dependencies.sends_mail:
        _limit_links(account, dependencies)
        with transaction.atomic():
            _send_link(account, account.email, dependencies, next_path)


def change_email(
    account_id: str, email: str, current_password: str, dependencies: Dependencies
) -> None:
    """Have a link sent to another address, which then becomes the account's.

    The present address gets a notice. An address that another account has gets an e-mail about
    that one, so that the answer is the same. Without a mail server the address changes at once.

    Raises:
        WrongPassword: The password is another.
        InvalidInput: No e-mail can be written to this address.
        EmailTaken: Another account has it, and the house sends no e-mails.
        RateLimited: Links were sent recently.
    """
    account, email = get_account(account_id), clean_email(email)
    refuse_faults(*email_faults(email))
    check_current(account, current_password, dependencies.passwords)
    if not dependencies.sends_mail:
        change_unsent(account, email)
        return
    _limit_links(account, dependencies)
    with transaction.atomic():
        if is_taken(email, account):
            outbox.put(outbox.ACCOUNT_EXISTS, email, language(), dependencies.now())
        else:
            _send_link(account, email, dependencies, "/perfil")
        if dependencies.writes_to(account) and email != account.email:
            outbox.put(outbox.EMAIL_CHANGE, account.email, language(), dependencies.now())


def confirm(token: str, dependencies: Dependencies) -> EmailLink:
    """Confirm an address by a link, and let the person's sessions know it.

    Raises:
        LinkExpired: The link is used, replaced, expired or forged.
        EmailTaken: Another account has the address meanwhile.
        SessionsUnavailable: The sessions cannot be changed; the link stays good.
    """
    with transaction.atomic():
        link_id = dependencies.link_tokens.read(LinkKind.EMAIL, token)
        link = confirm_email(link_id, dependencies.now())
        update_sessions(link.account, dependencies)
    dependencies.events.report(Event.EMAIL_CHANGED, str(link.account.id))
    return link


def update_sessions(account: Account, dependencies: Dependencies) -> None:
    """Let every session of an account show who the person is now.

    Raises:
        SessionsUnavailable: The sessions cannot be changed.
    """
    dependencies.sessions.update_all(
        str(account.id),
        name=account.name,
        roles=tuple(account.roles),
        email_verified=account.email_confirmed_at is not None,
        terms_version=account.terms_version,
    )


def language() -> str:
    """Return the language of who asks, for an e-mail."""
    return get_language() or "pt-br"


def _register(person: NewPerson, dependencies: Dependencies) -> Account:
    with transaction.atomic():
        account = register(person.email, person.password, person.name, dependencies.passwords)
        note_acceptance(account, person.terms_version, dependencies.now())
    return account


def _limit_links(account: Account, dependencies: Dependencies) -> None:
    if count_links(account, dependencies.now()) >= MAX_LINKS_PER_HOUR:
        raise RateLimited(retry_after_s=LINK_PAUSE_S)


def _send_link(account: Account, email: str, dependencies: Dependencies, next_path: str) -> None:
    now = dependencies.now()
    link = make_link(account, email, now, next_path)
    outbox.put(outbox.EMAIL_LINK, email, language(), now, link_id=link.id)
