"""Registering, renaming and appointing; each function is one transaction."""

from martelo.accounts import details
from martelo.accounts.lookup import find_by_email, get_account
from martelo.accounts.models import Account
from martelo.accounts.passwords.changing import guessable_from
from martelo.accounts.passwords.hashing import Passwords
from martelo.accounts.passwords.rules import clean_password, password_faults
from martelo.accounts.people.names import reserved_faults
from martelo.accounts.refusals import AccountNotFound, EmailTaken
from martelo.accounts.roles import ADMIN, BUYER
from martelo.kernel.one_line import clean_line
from martelo.kernel.refusal import refuse_faults


def register(email: str, password: str, name: str, passwords: Passwords) -> Account:
    """Make an account; everyone is a buyer.

    Raises:
        InvalidInput: A detail breaks its rule.
        EmailTaken: An account with this e-mail exists.
    """
    email, name = details.clean_email(email), clean_line(name)
    password = clean_password(password)
    known = guessable_from(email, name)
    refuse_faults(
        *details.email_faults(email),
        *details.name_faults("name", name),
        *reserved_faults(name),
        *password_faults("password", password, known),
    )
    hashed = passwords.hash(password)
    account = Account(email=email, name=name, password=hashed, roles=[BUYER])
    # Not an insert that fails: the database would log the row.
    Account.objects.bulk_create([account], ignore_conflicts=True)
    created = Account.objects.filter(pk=account.pk).first()
    if created is None:
        raise EmailTaken
    return created


def rename(account_id: str, name: str) -> Account:
    """Give an account another name, and return it.

    Raises:
        InvalidInput: the name breaks a rule.
        AccountNotFound: there is no such account.
    """
    name = clean_line(name)
    account = get_account(account_id)
    # Who runs the house may be called so.
    reserved = () if ADMIN in account.roles else reserved_faults(name)
    refuse_faults(*details.name_faults("name", name), *reserved)
    account.name = name
    account.save(update_fields=["name"])
    return account


def grant_admin(email: str) -> Account:
    """Give an account the role `admin`; done once or twice, it is the same.

    Raises:
        AccountNotFound: there is no account with this e-mail.
    """
    account = find_by_email(email)
    if account is None:
        raise AccountNotFound
    if ADMIN not in account.roles:
        account.roles = [*account.roles, ADMIN]
        account.save(update_fields=["roles"])
    return account
