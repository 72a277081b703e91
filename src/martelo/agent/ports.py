"""What the agent needs from outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from martelo.agent.domain.effects import DeliveryOutcome, Next, State
from martelo.agent.domain.facts import Facts, House, Language
from martelo.agent.domain.frozen import Frozen, Letter, Post
from martelo.agent.domain.policy import HousePolicy
from martelo.agent.domain.texts import Kind, Report, Text
from martelo.agent.recipients import Recipient
from martelo.contracts.finished import AuctionFinished
from martelo.kernel.ids import AccountId, AuctionId, EventId
from martelo.runtime.postgresql.leases import Claim


class Source(StrEnum):
    """Who wrote a text."""

    MODEL = "model"
    TEMPLATE = "template"
    """No model is set up."""
    FALLBACK = "fallback"
    """A template, since the model failed or told untruths."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text that passed the guard, and what it took to write it."""

    text: Text
    source: Source
    language: Language
    provider: str | None = None
    """Who was to write, as `LLM_PROVIDER` names it."""
    model: str | None = None
    """Which model was asked, where one was."""
    failure: str | None = None
    """The class of the error that led to the template."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micro_usd: int | None = None
    """Millionths of a US dollar; `None` where the price is not known."""
    seconds: float = 0.0
    refusals: tuple[str, ...] = ()
    """The guard's rules that refused a text on the way."""


class Writer(Protocol):
    """Writes one text about a finished auction; never fails, since a template always can."""

    async def write(self, kind: Kind, facts: Facts) -> Written:
        """Return the text for `kind`."""


class DeliveryChannel(StrEnum):
    """Where an effect that is done went."""

    SITE = "site"
    MAIL = "mail"
    DISCORD = "discord"
    OUTBOX = "outbox"
    """Nowhere: it is kept to be read here, since no server is set up."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An effect that this worker holds; `attempts` counts this one."""

    claim: Claim
    kind: Kind
    attempts: int
    was_in_flight: bool
    """The worker before died, or lost its lease, while it was sending."""
    frozen: Frozen | None
    end: AuctionFinished
    report: Report | None
    """The auction's report, where it is written."""


@dataclass(frozen=True, slots=True)
class Census:
    """How many effects are not final, by kind and state, and for how long the oldest is open."""

    counts: Mapping[tuple[Kind, State], int]
    oldest_open_s: float


class EffectStore(Protocol):
    """The effects of ended auctions, and who is at which.

    Whatever is written about a claimed effect answers `False` where another worker has it since;
    then nothing was written. Every method may raise `DatabaseUnavailable`.
    """

    def add_ends(self, ends: Sequence[AuctionFinished]) -> int:
        """Keep the effects of ends that are not known yet; return how many those were."""

    def claim(self, limit: int) -> list[Claimed]:
        """Claim up to `limit` due effects, the longest due first, for the time of a lease."""

    def freeze(self, claim: Claim, frozen: Frozen, written: Written, label: str) -> bool:
        """Fix what will be sent, and by whom it was written, before it is first sent."""

    def begin(self, claim: Claim) -> bool:
        """Mark that sending begins; the lease must last for as long as that may take."""

    def publish(self, claim: Claim, report: Report, written: Written, label: str) -> bool:
        """Put the report on the lot's page, and have what waits for it begin."""

    def finish(
        self, claim: Claim, following: Next, note: str, channel: DeliveryChannel | None
    ) -> bool:
        """Record what an attempt came to."""

    def give_back(self, claim: Claim) -> bool:
        """Let another worker have an effect at once, as if it had not been claimed."""

    def census(self) -> Census:
        """Count the effects that are not final; there are few of them at any time."""

    def count_final(self) -> Mapping[tuple[Kind, State], int]:
        """Count the effects that are final: all that ever were, so not too often."""

    def forget(self, after: timedelta, limit: int) -> int:
        """Forget up to `limit` texts of e-mails and posts that are final for `after`.

        The effects stay, and reports too. Return how many it were.
        """


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A report as the lot's page shows it."""

    auction_id: AuctionId
    report: Report
    source: Source
    model: str | None
    """Which model was asked, where one was."""
    label: str
    language: Language
    written_at_ms: int


@dataclass(frozen=True, slots=True)
class Intervention:
    """What an administrator did about an effect."""

    action: str
    account_id: AccountId
    at_ms: int


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote a text and at what cost: what `Written` tells beside the text."""

    source: Source
    language: Language | None
    """`None` of texts from before it was kept."""
    provider: str | None
    """`None` of texts from before it was kept."""
    model: str | None
    failure: str | None
    input_tokens: int
    output_tokens: int
    cost_micro_usd: int | None
    seconds: float
    refusals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect as administrators see it."""

    id: int
    event_id: EventId
    auction_id: AuctionId
    lot_title: str
    kind: Kind
    recipient: Recipient | None
    """Whom an e-mail is to; `None` of everything else."""
    state: State
    attempts: int
    in_flight: bool
    due_at_ms: int | None
    frozen: Frozen | None
    forgotten_at_ms: int | None
    """When its text was forgotten."""
    channel: DeliveryChannel | None
    note: str | None
    label: str | None
    authorship: Authorship | None
    """`None` before it is written."""
    interventions: tuple[Intervention, ...]
    created_at_ms: int
    changed_at_ms: int


@dataclass(frozen=True, slots=True)
class EffectQuery:
    """Which effects: newest first, older than `before_id`."""

    effect_id: int | None = None
    auction_id: AuctionId | None = None
    states: tuple[State, ...] = ()
    """None: all."""
    channel: DeliveryChannel | None = None
    before_id: int | None = None
    limit: int = 20


class EffectConsole(Protocol):
    """What the site and administrators see of reports and effects, and may do about them.

    Every method may raise `DatabaseUnavailable`.
    """

    def is_up(self) -> bool:
        """Return whether the store answers."""

    def report_of(self, auction_id: AuctionId) -> PublishedReport | None:
        """Return the report of an auction; `None` where there is none yet."""

    def effects(self, query: EffectQuery) -> list[EffectView]:
        """Return the effects asked for."""

    def resend(self, effect_id: int, by: AccountId) -> EffectView:
        """Have a parked effect tried again, as it is frozen.

        Raises:
            EffectNotFound: There is no such effect.
            EffectNotParked: It is under way, or over.
        """

    def settle(self, effect_id: int, by: AccountId) -> EffectView:
        """Record that a parked effect is there already.

        Raises:
            EffectNotFound: There is no such effect.
            EffectNotParked: It is under way, or over; or it is a report, which only we can write.
        """


class Unobtainable(Exception):  # noqa: N818 - says what happened
    """Another context does not answer now, or not sensibly; nothing is wrong with the effect."""


class LotUnknown(Exception):  # noqa: N818 - says what is found
    """The auctions context knows no such auction."""


class Lots(Protocol):
    """What the auctions context tells of its auctions."""

    def facts(self, end: AuctionFinished, house: House) -> Facts:
        """Return what is known of an ended auction.

        Raises:
            Unobtainable: It is not to be had now.
            LotUnknown: There is no such auction.
        """

    def ends_after(self, after: str | None) -> tuple[list[AuctionFinished], str | None]:
        """Return a page of the ends of the last days, and where the next one begins.

        Raises:
            Unobtainable: It is not to be had now.
        """


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached."""

    email: str
    name: str


class People(Protocol):
    """What the accounts tell: how the house speaks, and how people are reached."""

    def policy(self) -> HousePolicy:
        """Return the house's settings, at most a minute old.

        Raises:
            Unobtainable: They are not to be had now and never were.
        """

    def contact(self, account_id: AccountId) -> Contact | None:
        """Return how to reach somebody; `None` where the account is gone.

        Raises:
            Unobtainable: It cannot be told now.
        """


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """An e-mail as it goes to the mail server, but for a signature."""

    message_id: str
    source: bytes


class Composer(Protocol):
    """Makes what would go over the line from what is frozen, and sends nothing."""

    @property
    def sender_address(self) -> str | None:
        """Whom e-mails are from; `None` where that is not set up."""
        ...

    def mail(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> ComposedMail:
        """Return an e-mail in full; the same `seed` and recipient make the same Message-ID."""

    def post(self, post: Post) -> Mapping[str, Any]:
        """Return a post as the channel is given it."""


class Missing(StrEnum):
    """Why nobody can be told how a person is reached."""

    GONE = "account-gone"
    UNAVAILABLE = "accounts-unavailable"


@dataclass(frozen=True, slots=True)
class KeptMail:
    """An e-mail that was kept, as it would be sent now."""

    letter: Letter
    recipient: Recipient
    contact: Contact | Missing
    sender_name: str | None
    """What the house is called in it; `None` where accounts do not tell."""
    sender_address: str | None
    composed: ComposedMail | None
    """`None` where it cannot be sent now, for want of a contact or the sender's name."""


@dataclass(frozen=True, slots=True)
class KeptPost:
    """A post that was kept, as the channel would be given it."""

    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """An effect of the outbox; it has no `message` once its text is forgotten."""

    effect: EffectView
    message: KeptMail | KeptPost | None


@dataclass(frozen=True, slots=True)
class Sending:
    """What an attempt to send came to; `wait_s` is what the other side asked for."""

    outcome: DeliveryOutcome
    note: str
    wait_s: float | None = None


class Mailer(Protocol):
    """Sends e-mails, for as long as a lease allows and no longer."""

    def send(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> Sending:
        """Send a letter; the same `seed` and recipient make the same Message-ID."""


class Poster(Protocol):
    """Posts to the house's channel."""

    def post(self, post: Post) -> Sending:
        """Post once."""


class EndsUnavailable(Exception):  # noqa: N818 - a state
    """The live store does not tell of ends now."""


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry of a finished stream; `end` is `None` where it cannot be read."""

    id: str
    end: AuctionFinished | None


class EndSource(Protocol):
    """Where ends are announced; every method may raise `EndsUnavailable`."""

    def fresh(self, partition: int, limit: int) -> list[StreamEntry]:
        """Return entries of a partition that nobody has read yet."""

    def abandoned(self, partition: int, limit: int, idle_ms: int) -> list[StreamEntry]:
        """Return entries that somebody read and did not acknowledge for so long."""

    def acknowledge(self, partition: int, entry_ids: Sequence[str]) -> None:
        """Say that these entries need not be read again."""

    def lag(self, partition: int) -> int:
        """Return how many entries of a partition are not acknowledged."""

    def hints(self, timeout_s: float) -> Iterator[AuctionFinished | None]:
        """Yield ends as they are announced, and `None` after each silence; some may be lost."""
