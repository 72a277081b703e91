"""The outbox: stored messages, shown as they would be sent now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import structlog

from martelo.agent.domain.frozen import Letter, Post
from martelo.agent.domain.recipients import Recipient, seed_of
from martelo.agent.domain.refusals import AddressUnwritable, MessageNotKept, RecipientGone
from martelo.agent.ports.console import EffectConsole, EffectQuery, EffectView
from martelo.agent.ports.contexts import Contact, ContextUnavailable, People
from martelo.agent.ports.delivery import ComposedMail, Composer
from martelo.agent.ports.effects import DeliveryChannel
from martelo.kernel.email_addresses import is_email_address
from martelo.kernel.ids import AccountId

log = structlog.get_logger(__name__)

MAX_LOOKUP_S = 1.0
"""After so long a page is returned without the addresses that are still missing."""


class ContactMissing(StrEnum):
    """Why there is no contact."""

    GONE = "account-gone"
    UNAVAILABLE = "accounts-unavailable"
    UNWRITABLE = "address-unwritable"


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A stored e-mail, as it would be sent now."""

    letter: Letter
    recipient: Recipient
    contact: Contact | ContactMissing
    sender_name: str | None
    """The house's sender name; `None` if accounts do not answer."""
    sender_address: str | None
    composed: ComposedMail | None
    """`None` if it cannot be sent now: a contact or the sender's name is missing, or it failed."""


@dataclass(frozen=True, slots=True)
class OutboxPost:
    """A stored post, as the channel would receive it."""

    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An effect of the outbox; `message` is `None` once its text is erased."""

    effect: EffectView
    message: OutboxMail | OutboxPost | None


class Outbox:
    """Messages that were stored instead of sent; `clock` is monotonic.

    Addresses are looked up at each request, as at each send, and never stored.
    """

    def __init__(
        self, console: EffectConsole, people: People, composer: Composer, clock: Callable[[], float]
    ) -> None:
        self._console = console
        self._people = people
        self._composer = composer
        self._clock = clock

    def page(self, *, before_id: int | None, limit: int) -> list[OutboxEntry]:
        """Return effects of the outbox, newest first, even if accounts do not answer.

        Raises:
            DatabaseUnavailable: The effects cannot be read now.
        """
        query = EffectQuery(channel=DeliveryChannel.OUTBOX, before_id=before_id, limit=limit)
        lookup = _ContactLookup(self._people, self._clock)
        return [
            OutboxEntry(view, self._message(view, lookup)) for view in self._console.effects(query)
        ]

    def raw_mail(self, effect_id: int) -> bytes:
        """Return an e-mail of the outbox as the mail server would receive it.

        Raises:
            MessageNotKept: There is none, or its text is erased.
            RecipientGone: The recipient's account no longer exists.
            AddressUnwritable: No e-mail can be written to the recipient's address.
            ContextUnavailable: Accounts do not answer.
            DatabaseUnavailable: The effect cannot be read now.
        """
        query = EffectQuery(channel=DeliveryChannel.OUTBOX, effect_id=effect_id)
        lookup = _ContactLookup(self._people, self._clock)
        messages = [self._message(view, lookup) for view in self._console.effects(query)]
        match messages:
            case [OutboxMail(contact=ContactMissing.GONE)]:
                raise RecipientGone
            case [OutboxMail(contact=ContactMissing.UNWRITABLE)]:
                raise AddressUnwritable
            case [OutboxMail(composed=None)]:
                raise ContextUnavailable("no contact of the recipient")
            case [OutboxMail(composed=composed)] if composed is not None:
                return composed.raw
            case _:
                raise MessageNotKept

    def _message(
        self, view: EffectView, lookup: "_ContactLookup"
    ) -> OutboxMail | OutboxPost | None:
        match view.frozen:
            case Letter() as letter:
                return self._mail(view, letter, lookup)
            case Post() as post:
                return OutboxPost(self._composer.post(post))
            case _:
                return None

    def _mail(
        self, view: EffectView, letter: Letter, lookup: "_ContactLookup"
    ) -> OutboxMail | None:
        recipient = view.recipient
        if recipient is None:
            return None
        sender_name, contact = lookup.sender_name, lookup.contact(recipient.account_id)
        composed = None
        if sender_name is not None and isinstance(contact, Contact):
            seed = seed_of(view.auction_id, view.kind)
            composed = self._composed(letter, sender_name, contact, seed)
        address = self._composer.sender_address
        return OutboxMail(letter, recipient, contact, sender_name, address, composed)

    def _composed(
        self, letter: Letter, sender_name: str, to: Contact, seed: str
    ) -> ComposedMail | None:
        try:
            return self._composer.mail(letter, sender_name, to, seed)
        except Exception:
            # One e-mail that cannot be composed must not hide the others of its page.
            log.exception("mail-not-composed", seed=seed)
            return None


class _ContactLookup:
    """Look-ups in accounts for one answer: each person once.

    After a failure, or `MAX_LOOKUP_S`, it looks up no more, so that a page does not wait for one
    time-out per person.
    """

    def __init__(self, people: People, clock: Callable[[], float]) -> None:
        self._people = people
        self._clock = clock
        self._deadline_s = clock() + MAX_LOOKUP_S
        self._is_answering = True
        self._contacts: dict[AccountId, Contact | ContactMissing] = {}

    @cached_property
    def sender_name(self) -> str | None:
        """The sender name of the house's e-mails; `None` if accounts do not answer."""
        try:
            return self._people.policy().sender_name
        except ContextUnavailable:
            self._is_answering = False
            return None

    def contact(self, account_id: AccountId) -> Contact | ContactMissing:
        """Return a person's contact, or why there is none."""
        if account_id not in self._contacts:
            self._contacts[account_id] = self._look_up(account_id)
        return self._contacts[account_id]

    def _look_up(self, account_id: AccountId) -> Contact | ContactMissing:
        if not self._is_answering or self._clock() > self._deadline_s:
            return ContactMissing.UNAVAILABLE
        try:
            contact = self._people.contact(account_id)
        except ContextUnavailable:
            self._is_answering = False
            return ContactMissing.UNAVAILABLE
        if contact is None:
            return ContactMissing.GONE
        return contact if is_email_address(contact.email) else ContactMissing.UNWRITABLE
