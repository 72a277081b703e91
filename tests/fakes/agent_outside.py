"""The ports of the agent's worker, in memory: writer, other contexts, mail and channel."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fakes.ended_auctions import sold as sold_facts
from fakes.ended_auctions import unsold as unsold_facts
from martelo.agent.domain.effects import DeliveryOutcome
from martelo.agent.domain.facts import Facts, House, Status
from martelo.agent.domain.frozen import Letter, Post
from martelo.agent.domain.policy import HousePolicy
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, Text, WinnerEmail
from martelo.agent.ports.contexts import Contact, ContextUnavailable
from martelo.agent.ports.delivery import SendResult
from martelo.agent.ports.writing import TextSource, Written
from martelo.contracts.finished import AuctionFinished
from martelo.kernel.ids import AccountId, AuctionId

SENT = SendResult(DeliveryOutcome.DONE, "ok")


class FakeWriter:
    """Writes short fixed texts; waits while `held`."""

    def __init__(self) -> None:
        self.written: list[Kind] = []
        self.failure: Exception | None = None
        self.held: asyncio.Event | None = None

    async def write(self, kind: Kind, facts: Facts) -> Written:
        if self.held is not None:
            await self.held.wait()
        if self.failure is not None:
            raise self.failure
        self.written.append(kind)
        number, shown = len(self.written), [bid.shown for bid in facts.bids]
        texts: dict[Kind, Text] = {
            Kind.REPORT: Report("Relatório", " ".join([facts.title, str(number), *shown])),
            Kind.EMAIL_WINNER: WinnerEmail("Parabéns", f"Olá {number}"),
            Kind.EMAIL_SELLER: SellerEmail("Seu lote", f"Olá {number}"),
            Kind.DISCORD: DiscordPost("Vendido", f"Vendido {number}"),
        }
        return Written(texts[kind], TextSource.TEMPLATE, facts.house.language)


@dataclass
class FakeLots:
    """Knows every lot, unless it is down."""

    is_down: bool = False
    ends: list[list[AuctionFinished]] = field(default_factory=list)
    """Pages of the record."""
    requested: list[str | None] = field(default_factory=list)

    def facts(self, end: AuctionFinished, house: House) -> Facts:
        if self.is_down:
            raise ContextUnavailable("no answer")
        known = sold_facts() if end.status == "sold" else unsold_facts(has_bids=False)
        return replace(known, auction_id=AuctionId(end.auction_id), title=end.title, house=house)

    def ends_after(self, after: str | None) -> tuple[list[AuctionFinished], str | None]:
        self.requested.append(after)
        if self.is_down:
            raise ContextUnavailable("no answer")
        number = int(after or 0)
        page = self.ends[number] if number < len(self.ends) else []
        return page, str(number + 1) if number + 1 < len(self.ends) else None


@dataclass
class FakePeople:
    """A house and everybody's address."""

    posts: frozenset[Status] = frozenset({Status.SOLD})
    is_down: bool = False
    gone: set[str] = field(default_factory=set)
    emails: dict[str, str] = field(default_factory=dict)
    """Addresses that are not made from the account's id."""

    def policy(self) -> HousePolicy:
        if self.is_down:
            raise ContextUnavailable("no answer")
        return HousePolicy(House(), "Martelo", self.posts)

    def contact(self, account_id: AccountId) -> Contact | None:
        if self.is_down:
            raise ContextUnavailable("no answer")
        if account_id in self.gone:
            return None
        return Contact(self.emails.get(account_id, f"{account_id[:1]}@example.com"), "Somebody")


@dataclass
class FakeMailer:
    """Stores the letters; `answer` returns the result of each, and may wait for `released`."""

    answer: Callable[[Letter], SendResult] = lambda _: SENT
    sent: list[tuple[str, Letter, str]] = field(default_factory=list)
    entered: threading.Event = field(default_factory=threading.Event)
    released: threading.Event | None = None

    def send(self, letter: Letter, sender_name: str, to: Contact, seed: str) -> SendResult:
        assert sender_name == "Martelo"
        self.entered.set()
        if self.released is not None:
            assert self.released.wait(10)
        self.sent.append((to.email, letter, seed))
        return self.answer(letter)


@dataclass
class FakePoster:
    """Stores the posts; `answer` returns the result of each."""

    answer: Callable[[Post], SendResult] = lambda _: SENT
    posted: list[Post] = field(default_factory=list)

    def post(self, post: Post) -> SendResult:
        self.posted.append(post)
        return self.answer(post)
