"""Everything that accounts hold of one person, as JSON."""

from datetime import datetime
from typing import Any

from martelo.accounts.models import Account, ApiKey, EmailLink, Mail, TermsAcceptance
from martelo.accounts.security_events import read_records


def own_data(account: Account) -> dict[str, Any]:
    """Return a person's data; of passwords, keys and links there is nothing to read."""
    keys = ApiKey.objects.filter(account=account)
    mails = Mail.objects.filter(email__iexact=account.email).order_by("created_at")
    links = EmailLink.objects.filter(account=account).order_by("created_at")
    terms = TermsAcceptance.objects.filter(account=account).order_by("version")
    return {
        "account_id": str(account.id),
        "name": account.name,
        "email": account.email,
        "email_confirmed_at": _text(account.email_confirmed_at),
        "roles": account.roles,
        "created_at": _text(account.created_at),
        "keys": [
            {
                "prefix": key.prefix,
                "name": key.name,
                "scopes": key.scopes,
                "created_at": _text(key.created_at),
                "used_at": _text(key.used_at),
            }
            for key in keys
        ],
        "e_mails": [
            {"kind": mail.kind, "created_at": _text(mail.created_at), "outcome": mail.outcome}
            for mail in mails
        ],
        "addresses_asked_for": [
            {"email": link.email, "created_at": _text(link.created_at)} for link in links
        ],
        "accepted_terms": [
            {"version": each.version, "accepted_at": _text(each.accepted_at)} for each in terms
        ],
        "access": [
            {"act": each.act, "address": each.address, "at": _text(each.at)}
            for each in read_records(str(account.id))
        ],
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
