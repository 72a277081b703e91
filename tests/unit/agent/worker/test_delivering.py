import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry

from fakes.agent_outside import FakeLots, FakeMailer, FakePeople, FakePoster, FakeWriter
from fakes.ends import ANA, LETTER, POST, WRITTEN, sold, unsold
from fakes.memory_effects import EffectRow, MemoryEffects
from martelo.agent.domain.effects import INACTIVE, DeliveryOutcome, State
from martelo.agent.domain.facts import Status
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.delivery import SendResult
from martelo.agent.ports.effects import DeliveryChannel
from martelo.agent.worker.attempting import Dependencies
from martelo.agent.worker.delivering import Deliverer
from martelo.agent.worker.metrics import WorkerMetrics

SOON_S = 10


@dataclass
class World:
    """A worker's surroundings, and what its store holds."""

    store: MemoryEffects = field(default_factory=MemoryEffects)
    writer: FakeWriter = field(default_factory=FakeWriter)
    lots: FakeLots = field(default_factory=FakeLots)
    people: FakePeople = field(default_factory=FakePeople)
    mailer: FakeMailer | None = field(default_factory=FakeMailer)
    poster: FakePoster | None = field(default_factory=FakePoster)

    def deliverer(self, write_budget_s: float = 5) -> Deliverer:
        outside = Dependencies(
            store=self.store,
            writer=self.writer,
            lots=self.lots,
            people=self.people,
            mailer=self.mailer,
            poster=self.poster,
            public_url="https://leiloes.example/",
            metrics=WorkerMetrics(CollectorRegistry()),
        )
        return Deliverer(outside, write_budget_s=write_budget_s)

    @contextlib.asynccontextmanager
    async def working(self, write_budget_s: float = 5) -> AsyncIterator[asyncio.Event]:
        """Have a worker work; leaving stops it cleanly."""
        stopping = asyncio.Event()
        task = asyncio.create_task(self.deliverer(write_budget_s).run(stopping))
        try:
            yield stopping
        finally:
            stopping.set()
            await task

    def row(self, kind: Kind) -> EffectRow:
        (found,) = [row for row in self.store.rows.values() if row.kind is kind]
        return found

    async def until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + SOON_S
        while not holds():
            assert time.monotonic() < deadline, [*self.store.rows.values()]
            await asyncio.sleep(0.005)

    def hurry(self) -> None:
        """Let time pass until what waits for another attempt is due."""
        waiting = [row.due_s or 0 for row in self.store.rows.values() if row.state is State.RETRY]
        self.store.now_s = max(self.store.now_s, *waiting) if waiting else self.store.now_s

    async def until_tried(self, holds: Callable[[], object]) -> None:
        """Wait, while no pause between attempts takes any time."""

        def held() -> bool:
            self.hurry()
            return bool(holds())

        await self.until(held)

    async def until_over(self) -> None:
        await self.until(lambda: all(row.state in INACTIVE for row in self.store.rows.values()))


@pytest.fixture
def world() -> World:
    return World()


class TestDeliverer:
    async def test_carries_out_every_effect_of_a_sale(self, world: World) -> None:
        end = sold()
        world.store.add_ends([end])

        async with world.working():
            await world.until_over()

        assert world.mailer is not None
        assert world.poster is not None
        assert {row.state for row in world.store.rows.values()} == {State.DONE}
        recipients = {email: seed for email, _, seed in world.mailer.sent}
        assert recipients == {
            "b@example.com": f"{end.auction_id}|email_winner",
            "a@example.com": f"{end.auction_id}|email_seller",
        }
        (post,) = world.poster.posted
        assert post.link == f"https://leiloes.example/leiloes/{end.auction_id}"
        assert post.footer == "modelo fixo (sem IA)"
        assert world.row(Kind.DISCORD).channel is DeliveryChannel.DISCORD

    async def test_sends_the_seller_the_report_that_everybody_reads(self, world: World) -> None:
        end = sold()
        world.store.add_ends([end])

        async with world.working():
            await world.until_over()

        assert world.mailer is not None
        report = world.store.reports[end.event_id]
        (to_seller,) = [letter for to, letter, _ in world.mailer.sent if to.startswith("a")]
        assert report is not None
        assert report.summary.endswith(r" A\*\*\*a B\*\*\*o A\*\*\*a")
        assert report.summary.replace("\\", "") in to_seller.text

    async def test_keeps_everything_here_where_nothing_is_set_up(self, world: World) -> None:
        world.mailer = world.poster = None
        # Then nobody's address is asked for.
        world.people.gone = {ANA.id}
        world.store.add_ends([sold()])

        async with world.working():
            await world.until_over()

        kept = (Kind.EMAIL_WINNER, Kind.EMAIL_SELLER, Kind.DISCORD)
        assert {world.row(kind).channel for kind in kept} == {DeliveryChannel.OUTBOX}
        assert {world.row(kind).state for kind in Kind} == {State.DONE}

    @pytest.mark.parametrize(
        ("posts", "state"), [({Status.SOLD}, State.SKIPPED), ({Status.UNSOLD}, State.DONE)]
    )
    async def test_posts_other_ends_only_where_the_house_asks(
        self, world: World, posts: set[Status], state: State
    ) -> None:
        world.people.posts = frozenset(posts)
        world.store.add_ends([unsold()])

        async with world.working():
            await world.until_over()

        assert world.row(Kind.DISCORD).state is state

    async def test_skips_a_mail_to_an_account_that_is_gone(self, world: World) -> None:
        world.people.gone = {ANA.id}
        world.store.add_ends([sold()])

        async with world.working():
            await world.until_over()

        assert world.row(Kind.EMAIL_SELLER).state is State.SKIPPED
        assert world.row(Kind.EMAIL_WINNER).state is State.DONE

    async def test_says_the_same_again_when_it_tries_again(self, world: World) -> None:
        answers = iter(
            [SendResult(DeliveryOutcome.NOT_SENT, "451"), SendResult(DeliveryOutcome.MAYBE, "cut")]
        )
        assert world.mailer is not None
        world.mailer.answer = lambda _: next(answers, SendResult(DeliveryOutcome.DONE, ""))
        world.store.add_ends([sold()])
        for row in world.store.rows.values():
            if row.kind is not Kind.EMAIL_WINNER:
                world.store.rows[row.id] = EffectRow(row.id, row.end, row.kind, 0, None, State.DONE)

        async with world.working():
            await world.until_tried(lambda: world.row(Kind.EMAIL_WINNER).state is State.DONE)

        assert len(world.mailer.sent) == 3
        assert len(set(world.mailer.sent)) == 1
        assert world.writer.written == [Kind.EMAIL_WINNER]

    async def test_parks_a_post_that_maybe_happened(self, world: World) -> None:
        assert world.poster is not None
        world.poster.answer = lambda _: SendResult(DeliveryOutcome.MAYBE, "HTTP 500")
        world.store.add_ends([sold()])

        async with world.working():
            await world.until_over()

        assert len(world.poster.posted) == 1
        assert (world.row(Kind.DISCORD).state, world.row(Kind.DISCORD).note) == (
            State.UNKNOWN,
            "HTTP 500",
        )

    async def test_does_not_post_again_what_a_lost_worker_was_posting(self, world: World) -> None:
        world.store.add_ends([sold()])
        for each in world.store.claim(10):
            if each.kind is not Kind.REPORT:
                frozen = POST if each.kind is Kind.DISCORD else LETTER
                world.store.freeze(each.claim, frozen, WRITTEN, "l")
                world.store.begin(each.claim)
        world.store.now_s += 301

        async with world.working():
            await world.until(lambda: world.row(Kind.DISCORD).state is State.UNKNOWN)
            await world.until(lambda: world.row(Kind.EMAIL_WINNER).state is State.RETRY)

        assert world.poster is not None
        assert world.poster.posted == []

    @pytest.mark.parametrize("part", ["lots", "people"])
    async def test_waits_without_counting_while_another_context_is_away(
        self, world: World, part: str
    ) -> None:
        getattr(world, part).is_down = True
        world.store.add_ends([sold()])

        async with world.working():
            began_s = world.store.now_s
            await world.until_tried(lambda: world.store.now_s > began_s + 60)
            getattr(world, part).is_down = False
            await world.until_tried(lambda: world.row(Kind.REPORT).state is State.DONE)

        assert world.row(Kind.REPORT).attempts == 1

    async def test_counts_a_fault_of_its_own_and_goes_on(self, world: World) -> None:
        world.writer.failure = ValueError("a fault of ours")
        world.store.add_ends([sold()])

        async with world.working():
            await world.until(lambda: world.row(Kind.REPORT).state is State.RETRY)

        assert (world.row(Kind.REPORT).note, world.row(Kind.REPORT).attempts) == ("ValueError", 1)

    async def test_does_not_wait_for_a_writer_for_ever(self, world: World) -> None:
        world.writer.held = asyncio.Event()
        world.store.add_ends([sold()])

        async with world.working(write_budget_s=0.01):
            await world.until(lambda: world.row(Kind.REPORT).state is State.RETRY)

        assert world.row(Kind.REPORT).note == "writing took too long"


class TestStopping:
    async def test_gives_back_what_is_being_written(self, world: World) -> None:
        world.writer.held = asyncio.Event()
        world.store.add_ends([sold()])

        async with world.working():
            await world.until(lambda: world.row(Kind.REPORT).state is State.LEASED)

        row = world.row(Kind.REPORT)
        assert (row.state, row.attempts, row.in_flight) == (State.PENDING, 0, False)

    async def test_finishes_what_is_being_sent(self, world: World) -> None:
        assert world.mailer is not None
        world.mailer.released = threading.Event()
        world.store.add_ends([sold()])

        async with world.working() as stopping:
            await world.until(world.mailer.entered.is_set)
            stopping.set()
            await asyncio.sleep(0)
            world.mailer.released.set()

        assert world.row(Kind.EMAIL_WINNER).state is State.DONE
        assert not any(row.in_flight for row in world.store.rows.values())
        assert not any(row.state is State.LEASED for row in world.store.rows.values())
