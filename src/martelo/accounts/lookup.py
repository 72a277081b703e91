"""Finding accounts, holding off changes of one, and its address."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from martelo.accounts.details import clean_email
from martelo.accounts.models import Account
from martelo.accounts.refusals import AccountNotFound, BadCredentials
from martelo.kernel.email_addresses import MAX_EMAIL_LENGTH


def get_account(account_id: str) -> Account:
    """Return an account.

    Raises:
        AccountNotFound: There is none, or this is not an id.
    """
    try:
        return Account.objects.get(id=uuid.UUID(account_id))
    except (Account.DoesNotExist, ValueError) as error:
        raise AccountNotFound from error


def find_by_email(email: str) -> Account | None:
    """Return the account with this e-mail, in upper or lower case, or `None`.

    Accounts from before a rule of addresses are found, too.
    """
    email = clean_email(email)
    if len(email) > MAX_EMAIL_LENGTH or not (email.isascii() and email.isprintable()):
        return None
    lowered = Account.objects.alias(lowered=Lower("email"))
    return lowered.filter(lowered=email.lower()).first()


@contextmanager
def while_current(account: Account) -> Iterator[None]:
    """Hold off changes of an account's password while a sign-in with it begins in the block.

    Raises:
        BadCredentials: The password was changed after it was checked.
    """
    with transaction.atomic():
        unchanged = Account.objects.filter(id=account.id, password=account.password)
        if unchanged.select_for_update().first() is None:
            raise BadCredentials
        yield


def confirm_present(account: Account, now: datetime) -> None:
    """Count the present address of an account as confirmed."""
    if account.email_confirmed_at is None:
        account.email_confirmed_at = now
        account.save(update_fields=["email_confirmed_at"])
