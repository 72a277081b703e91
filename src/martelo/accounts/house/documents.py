"""The house's own texts: terms, privacy and about, each with its versions."""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from martelo.accounts.lookup import get_account
from martelo.accounts.models import Account, HouseDocument, HouseSettings, TermsAcceptance
from martelo.accounts.refusals import TermsNotAccepted
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId
from martelo.kernel.one_line import character_faults
from martelo.kernel.refusal import FieldError, refuse_faults

TERMS: Final = "terms"
PRIVACY: Final = "privacy"
ABOUT: Final = "about"
KINDS: Final = (TERMS, PRIVACY, ABOUT)

MAX_TEXT_LENGTH = 50_000
_LINE_ENDS = frozenset("\n\t")


def publish(kind: str, text: str, by: AccountId, now: datetime) -> HouseDocument:
    """Make a text the one in force, as a new version; an unchanged one makes none.

    The caller checks that `by` is an administrator.

    Raises:
        InvalidInput: The text is empty, too long or has control characters.
    """
    text = text.replace("\r\n", "\n").strip()
    refuse_faults(*_faults(text))
    with transaction.atomic():
        house, _ = HouseSettings.objects.select_for_update().get_or_create(id=1)
        newest = read_document(kind)
        if newest is not None and newest.text == text:
            return newest
        document = HouseDocument.objects.create(
            kind=kind,
            version=1 if newest is None else newest.version + 1,
            text=text,
            published_at=now,
            published_by=uuid.UUID(by),
        )
        if kind == TERMS:
            house.terms_version = document.version
            house.save(update_fields=["terms_version"])
    return document


def read_document(kind: str, version: int | None = None) -> HouseDocument | None:
    """Return a version of a text, the newest where none is named."""
    of_kind = HouseDocument.objects.filter(kind=kind).order_by("-version")
    return of_kind.first() if version is None else of_kind.filter(version=version).first()


def require_terms(accepted: int, in_force: int) -> None:
    """Check that the terms that somebody accepts are those in force; 0 is none.

    Raises:
        TermsNotAccepted: They are another version.
    """
    if accepted != in_force:
        raise TermsNotAccepted(in_force)


def accept_terms(account_id: str, version: int, in_force: int, now: datetime) -> Account:
    """Note that a person accepted the terms in force, and return the account.

    Raises:
        TermsNotAccepted: The version is another.
        AccountNotFound: There is no such account.
    """
    require_terms(version, in_force)
    account = get_account(account_id)
    note_acceptance(account, version, now)
    return account


def note_acceptance(account: Account, version: int, now: datetime) -> None:
    """Note that a person accepted a version of the terms; 0 is none."""
    if version == 0:
        return
    with transaction.atomic():
        TermsAcceptance.objects.get_or_create(
            account=account, version=version, defaults={"accepted_at": now}
        )
        account.terms_version = max(account.terms_version, version)
        account.save(update_fields=["terms_version"])


def _faults(text: str) -> list[FieldError]:
    if not text:
        return [FieldError("text", FieldCode.REQUIRED)]
    faults = list(character_faults("text", text, _LINE_ENDS))
    if len(text) > MAX_TEXT_LENGTH:
        faults.append(FieldError("text", FieldCode.TOO_LONG, {"max": MAX_TEXT_LENGTH}))
    return faults
