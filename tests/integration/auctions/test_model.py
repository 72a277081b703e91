"""Generated sequences through the pure rules and the real store: they must agree in everything.

After each step the answer, the state, the indexes, the ranking and the ledger are compared, and
the server is killed now and then. The suite fails if a rule never ran, and each planted mistake
in the library must be found.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from conformance.auctions.conftest import Bench, real_ranking
from conformance.auctions.test_vectors import check_invariants
from engines.valkey import ValkeyServer, running, valkey_binary
from fakes.memory_store import MemoryStore
from martelo.auctions.adapters.live_store.async_connection import AsyncConnection
from martelo.auctions.adapters.live_store.bids import ValkeyBids
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import (
    derived_auction_id,
    partition_keys,
    partition_of,
)
from martelo.auctions.adapters.live_store.setup import library_source, prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.auction import Person, Texts
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.ranking import ranking
from martelo.auctions.domain.refusals import CeilingTooLow
from martelo.auctions.ports.failures import OutcomeUnknown, StaleEdit
from martelo.auctions.public_entries import PublicBid, PublicVoided
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import Refusal
from martelo.runtime.valkey.async_client import connect_async
from martelo.runtime.valkey.client import Valkey, connect

PARTITIONS = 4
CONFIRMATION_FACTOR = 3
START_MS = 1_760_000_000_000
PEOPLE = tuple(
    Person(AccountId(f"account-{name}"), name) for name in ("Ana", "Bia", "Caio", 'Zé "o" Ú')
)
SELLER, ADMIN = Person(AccountId("account-sol"), "Sol"), Person(AccountId("admin"), "Root")
EVERY_RULE = {
    *(
        "create",
        "bid_manual",
        "bid_automatic",
        "bid_both",
        "bid_many",
        "meet_ceiling",
        "raise_ceiling",
        "bid_far_above",
        "buy_now",
    ),
    *(
        "repeat_key",
        "reuse_key",
        "edit",
        "cancel",
        "extend",
        "void",
        "close",
        "announce",
        "pass_time",
        "crash",
    ),
}

NAMES = itertools.count()
"""Each machine plays on an auction of its own."""

MAX_PLAYS = 4
"""How often it is played until every rule has run, or a mistake is found."""

people = st.sampled_from(PEOPLE)
keys = st.sampled_from([None, None, "k-1", "k-2"])
nudges = st.sampled_from([-1, 0, 1, 4, 5, 24, 25, 100, 999])
kinds = st.sampled_from(["manual", "automatic", "both"])
batches = st.lists(st.tuples(people, kinds, nudges, keys), min_size=1, max_size=6)


@dataclass(frozen=True)
class Terms:
    """What an auction is created with; amounts over the starting price, times from now."""

    starting: int
    step: int | None
    reserve: int | None
    buy_now: int | None
    duration_ms: int
    delay_ms: int | None
    window_s: int | None
    cap_s: int | None
    fingerprint: str

    def draft(self, now_ms: int) -> Draft:
        reserve, buy_now = self.reserve, self.buy_now
        return Draft(
            title='Bolo "de" fubá\\ </script> \U0001f382',
            description="linha\noutra",
            starting_cents=self.starting,
            starts_at_ms=None if self.delay_ms is None else now_ms + self.delay_ms,
            duration_ms=self.duration_ms,
            min_increment_cents=self.step,
            reserve_cents=None if reserve is None else self.starting + reserve,
            buy_now_cents=None if buy_now is None else self.starting + (reserve or 0) + buy_now,
            soft_close_window_s=self.window_s,
            soft_close_cap_s=self.cap_s,
            image_ids=("one", "two"),
        )


terms = st.builds(
    Terms,
    starting=st.sampled_from([1, 99, 100, 2_499, 10_000, 499_999]),
    step=st.sampled_from([None, None, None, 7, 100]),
    reserve=st.sampled_from([None, None, 0, 1, 500, 60_000]),
    buy_now=st.sampled_from([None, None, 1, 100_000]),
    duration_ms=st.sampled_from([3_600_000, 3_600_000, 601_000, 90_000, 4_999]),
    delay_ms=st.sampled_from([None, None, 0, 3_000]),
    window_s=st.sampled_from([None, 0, 60]),
    cap_s=st.sampled_from([None, 0, 45]),
    fingerprint=st.sampled_from(["", "f"]),
)


class World:
    """The server under test, which outlives the machines that play on it."""

    def __init__(self, server: ValkeyServer, source: str) -> None:
        self.server = server
        self.source = source
        self.valkey: Valkey = connect(server.url, timeout_s=10)
        self.store = ValkeyStore(
            Connection(self.valkey, Durability()),
            PARTITIONS,
            confirmation_factor=CONFIRMATION_FACTOR,
        )
        self.ran: Counter[str] = Counter()

    def place_many(self, auction_id: AuctionId, bids: list[Bid]) -> list[Placed | Refusal]:
        """Place them in one call."""

        async def place() -> list[Placed | Refusal]:
            valkey = connect_async(self.server.url, timeout_s=10)
            try:
                bidding = ValkeyBids(
                    AsyncConnection(valkey, Durability()), confirmation_factor=CONFIRMATION_FACTOR
                )
                return await bidding.place_many(auction_id, bids)
            finally:
                await valkey.close()

        return asyncio.run(place())

    def set_clock(self, at_ms: int) -> None:
        clock = f"{{{at_ms // 1000}, {at_ms % 1000 * 1000}}}"
        source = self.source.replace("redis.call('TIME')", clock)
        self.valkey.node_of("").function_load(source, replace=True)

    def crash(self, at_ms: int) -> None:
        self.server.kill()
        self.server.start()
        self.set_clock(at_ms)


def fresh_auction_id() -> AuctionId:
    return derived_auction_id(SELLER.account_id, str(next(NAMES)), PARTITIONS)


class AuctionMachine(RuleBasedStateMachine):
    """One auction after another, in both stores."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.pure = MemoryStore(confirmation_factor=CONFIRMATION_FACTOR)
        self.real = self.world.store
        self.at_ms = START_MS
        self.tick(0)
        self.auction_id = fresh_auction_id()
        self.asked: list[Bid] = []

    def tick(self, ms: int) -> None:
        self.at_ms += ms
        self.pure.clock_ms = self.at_ms
        self.world.set_clock(self.at_ms)

    def ran(self, name: str) -> None:
        self.world.ran[name] += 1

    @property
    def exists(self) -> bool:
        return self.pure.read(self.auction_id) is not None

    @property
    def has_ended(self) -> bool:
        reading = self.pure.read(self.auction_id)
        return reading is not None and reading.auction.is_over(self.at_ms)

    @property
    def minimum_cents(self) -> int:
        reading = self.pure.read(self.auction_id)
        return reading.auction.minimum_bid_cents if reading else 0

    @property
    def ceiling_cents(self) -> int:
        reading = self.pure.read(self.auction_id)
        return reading.auction.lead.ceiling_cents if reading and reading.auction.lead else 0

    def place(self, bid: Bid) -> None:
        self.asked.append(bid)
        assert self.real.place_bid(self.auction_id, bid) == self.pure.place_bid(
            self.auction_id, bid
        )

    @initialize(terms=terms)
    def create_the_first(self, terms: Terms) -> None:
        self.create(terms)

    @precondition(lambda self: self.has_ended or not self.exists)
    @rule(terms=terms)
    def create_another(self, terms: Terms) -> None:
        self.auction_id = fresh_auction_id()
        self.asked = []
        self.create(terms)

    def create(self, terms: Terms) -> None:
        """Create the auction twice: with a fingerprint the repetition meets the first."""
        self.ran("create")
        draft = terms.draft(self.at_ms)
        answers = [
            store.create(self.auction_id, SELLER, draft, fingerprint=terms.fingerprint)
            for store in (self.real, self.pure)
            for _ in range(2)
        ]
        kinds = [type(answer) for answer in answers]
        assert kinds[:2] == kinds[2:]
        if self.exists:
            assert answers[:2] == answers[2:]

    @precondition(lambda self: self.exists)
    @rule(by=people, nudge=nudges, key=keys)
    def bid_manual(self, by: Person, nudge: int, key: str | None) -> None:
        self.ran("bid_manual")
        self.place(Bid(by, max(1, self.minimum_cents + nudge), None, key))

    @precondition(lambda self: self.exists)
    @rule(by=people, nudge=nudges, over=st.booleans(), key=keys)
    def bid_automatic(self, by: Person, nudge: int, over: bool, key: str | None) -> None:  # noqa: FBT001 - drawn
        self.ran("bid_automatic")
        base = max(self.ceiling_cents, self.minimum_cents) if over else self.minimum_cents
        self.place(Bid(by, None, max(1, base + nudge), key))

    @precondition(lambda self: self.exists)
    @rule(by=people, nudge=nudges, more=nudges, key=keys)
    def bid_both(self, by: Person, nudge: int, more: int, key: str | None) -> None:
        self.ran("bid_both")
        amount = max(1, self.minimum_cents + nudge)
        try:
            bid = Bid(by, amount, max(1, max(amount, self.ceiling_cents) + more), key)
        except CeilingTooLow as refusal:
            assert refusal.least_ceiling_cents == amount  # noqa: PT017 - checked when it comes
            return
        self.place(bid)

    @precondition(lambda self: self.exists)
    @rule(asked=batches, climb=st.sampled_from([0, 5, 700]))
    def bid_many(self, asked: list[tuple[Person, str, int, str | None]], climb: int) -> None:
        """Place several in one call: all ends as if they had come one by one."""
        self.ran("bid_many")
        bids = []
        for place, (by, kind, nudge, key) in enumerate(asked):
            cents = max(1, self.minimum_cents + nudge + place * climb)
            ceiling = cents if kind == "automatic" else cents + 1_000
            amount = None if kind == "automatic" else cents
            confirmed = cents if place % 2 else ceiling
            bids.append(Bid(by, amount, None if kind == "manual" else ceiling, key, confirmed))
        self.asked += bids

        together = self.world.place_many(self.auction_id, bids)

        assert together == [self.pure.place_bid(self.auction_id, bid) for bid in bids]

    @precondition(lambda self: self.exists)
    @rule(nudge=st.sampled_from([0, 0, -1, 1]), manual=st.booleans())
    def meet_ceiling(self, nudge: int, manual: bool) -> None:  # noqa: FBT001 - drawn
        """One leads with a high ceiling, another comes up to just that."""
        self.ran("meet_ceiling")
        high = max(self.ceiling_cents, self.minimum_cents) + 5_000
        self.place(Bid(PEOPLE[0], None, high, confirmed_cents=high))
        cents = self.ceiling_cents + nudge or 1
        amount, ceiling = (cents, None) if manual else (None, cents)
        self.place(Bid(PEOPLE[1], amount, ceiling, confirmed_cents=cents))

    @precondition(lambda self: self.exists)
    @rule(by=people, nudge=st.sampled_from([0, 1, 700]), wrong=st.sampled_from([None, 0, 1]))
    def bid_far_above(self, by: Person, nudge: int, wrong: int | None) -> None:
        """Bid about as high as needs no confirmation, confirmed rightly, wrongly or not at all."""
        self.ran("bid_far_above")
        cents = CONFIRMATION_FACTOR * self.minimum_cents + nudge or 1
        confirmed = None if wrong is None else cents + wrong
        self.place(Bid(by, None, cents, confirmed_cents=confirmed))

    @precondition(lambda self: self.ceiling_cents)
    @rule(nudge=nudges, key=keys)
    def raise_ceiling(self, nudge: int, key: str | None) -> None:
        self.ran("raise_ceiling")
        reading = self.pure.read(self.auction_id)
        assert reading is not None
        assert reading.auction.lead is not None
        leading = reading.auction.lead.account_id
        leader = next(person for person in PEOPLE if person.account_id == leading)
        self.place(Bid(leader, None, max(1, self.ceiling_cents + nudge), key))

    @precondition(lambda self: any(bid.key for bid in self.asked))
    @rule(data=st.data())
    def repeat_key(self, data: st.DataObject) -> None:
        self.ran("repeat_key")
        self.place(data.draw(st.sampled_from([bid for bid in self.asked if bid.key])))

    @precondition(lambda self: any(bid.key for bid in self.asked))
    @rule(data=st.data(), nudge=nudges)
    def reuse_key(self, data: st.DataObject, nudge: int) -> None:
        self.ran("reuse_key")
        used = data.draw(st.sampled_from([bid for bid in self.asked if bid.key]))
        self.place(Bid(used.by, max(1, self.minimum_cents + nudge), None, used.key))

    @precondition(lambda self: self.exists)
    @rule(by=st.sampled_from([*PEOPLE[:2], SELLER]), key=keys)
    def buy_now(self, by: Person, key: str | None) -> None:
        self.ran("buy_now")
        answers = [store.buy_now(self.auction_id, by, key=key) for store in (self.real, self.pure)]
        assert answers[0] == answers[1]

    @precondition(lambda self: self.exists)
    @rule(by=st.sampled_from([PEOPLE[0], SELLER, SELLER]), stale=st.booleans())
    def edit(self, by: Person, stale: bool) -> None:  # noqa: FBT001 - drawn
        self.ran("edit")
        reading = self.pure.read(self.auction_id)
        assert reading is not None
        seq = reading.auction.seq - (1 if stale else 0)
        texts = Texts("Novo \u00e7", f"at {self.at_ms}", "bolos", ())
        answers: list[object] = []
        for store in (self.real, self.pure):
            try:
                answers.append(store.edit(self.auction_id, by, texts, seq=seq))
            except StaleEdit:
                answers.append("stale")
        assert answers[0] == answers[1]

    @precondition(lambda self: self.exists)
    @rule(by=st.sampled_from([PEOPLE[0], SELLER, ADMIN]), key=keys, odds=st.integers(0, 3))
    def cancel(self, by: Person, key: str | None, odds: int) -> None:
        if odds:  # most auctions shall live on
            return
        self.ran("cancel")
        answers = [
            store.cancel(self.auction_id, by, reason='so "be" it', is_admin=by is ADMIN, key=key)
            for store in (self.real, self.pure)
        ]
        assert answers[0] == answers[1]

    @precondition(lambda self: self.exists)
    @rule(minutes=st.sampled_from([1, 2, 12]), key=keys, odds=st.integers(0, 1))
    def extend(self, minutes: int, key: str | None, odds: int) -> None:
        if odds:
            return
        self.ran("extend")
        answers = [
            store.extend(self.auction_id, ADMIN, minutes=minutes, reason='"so"', key=key)
            for store in (self.real, self.pure)
        ]
        assert answers[0] == answers[1]

    @precondition(lambda self: self.exists)
    @rule(number=st.integers(0, 5), key=keys, odds=st.integers(0, 1))
    def void(self, number: int, key: str | None, odds: int) -> None:
        if odds:
            return
        self.ran("void")
        answers = [
            store.void_bids(self.auction_id, ADMIN, number=number, reason='"so"', key=key)
            for store in (self.real, self.pure)
        ]
        assert answers[0] == answers[1]

    @precondition(lambda self: self.exists)
    @rule()
    def close(self) -> None:
        self.ran("close")
        assert self.real.close([self.auction_id]) == self.pure.close([self.auction_id])

    @precondition(lambda self: self.exists)
    @rule()
    def announce(self) -> None:
        self.ran("announce")
        assert self.real.announce([self.auction_id]) == self.pure.announce([self.auction_id])

    @rule(ms=st.sampled_from([-50, 1, 999, 3_000, 5_000, 60_000]))
    def pass_time(self, ms: int) -> None:
        self.ran("pass_time")
        self.tick(ms)

    @precondition(lambda self: self.exists and not self.has_ended)
    @rule(edge_ms=st.sampled_from([0, 0, -1, -60_000, -60_001]), by=people)
    def bid_at_the_edge(self, edge_ms: int, by: Person) -> None:
        self.ran("bid_at_the_edge")
        reading = self.pure.read(self.auction_id)
        assert reading is not None
        self.tick(reading.auction.ends_at_ms + edge_ms - self.at_ms)
        self.place(Bid(by, self.minimum_cents))

    @precondition(lambda self: self.exists)
    @rule(odds=st.integers(0, 4))
    def crash(self, odds: int) -> None:
        if odds == 0:
            self.ran("crash")
            self.world.crash(self.at_ms)

    @invariant()
    def agree(self) -> None:
        if not self.exists:
            return
        real, pure = self.real.read(self.auction_id), self.pure.read(self.auction_id)
        assert real is not None
        assert pure is not None
        assert real.now_ms == pure.now_ms
        assert list(real.bids) == list(pure.bids)
        assert real.names == pure.names
        everybody = range(9)
        assert self.real.names(self.auction_id, everybody) == self.pure.names(
            self.auction_id, everybody
        )
        assert self.real.public_entries(self.auction_id, 0, 999) == self.pure.public_entries(
            self.auction_id, 0, 999
        )
        entries = self.real.entries(self.auction_id, (0, 0), 999)
        assert entries == self.pure.entries(self.auction_id, (0, 0), 999)
        assert real_ranking(self.world.valkey, self.auction_id) == ranking(entries)
        check_invariants(self.bench(), self.auction_id)
        self.check_marks()
        self.check_prices()

    def bench(self) -> Bench:
        return Bench(
            name="valkey",
            store=self.real,
            set_clock=self.tick,
            ranking=lambda auction_id: real_ranking(self.world.valkey, auction_id),
            end_score=lambda _: self.score(partition_keys(partition_of(self.auction_id)).ends),
            finished=lambda _: [],
        )

    def score(self, index: str) -> int | None:
        score = self.world.valkey.node_of(index).zscore(index, self.auction_id)
        return None if score is None else int(score)

    def check_marks(self) -> None:
        reading = self.pure.read(self.auction_id)
        assert reading is not None
        auction = reading.auction
        first = auction.pending_marks[:1]
        expected = auction.ends_at_ms - first[0] * 60_000 if first else None
        assert self.score(partition_keys(partition_of(self.auction_id)).marks) == expected

    def check_prices(self) -> None:
        """Each accepted bid lifts the price to at least the minimum before it, reserve aside."""
        public = self.pure.public_entries(self.auction_id, 0, 999)
        prices = [entry for entry in public if isinstance(entry, PublicBid | PublicVoided)]
        for before, after in itertools.pairwise(prices):
            by_reserve = before.reserve_met is False and after.reserve_met
            if isinstance(after, PublicBid):
                assert after.price_cents >= before.minimum_cents or by_reserve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    folder: Path = tmp_path_factory.mktemp("model")
    with running(ValkeyServer(valkey_binary(), folder)) as started:
        prepare_store(connect(started.url, timeout_s=5), PARTITIONS)
        yield started


def play(server: ValkeyServer, source: str, number: int, *, examples: int) -> World:
    """Play the examples that `number` leads to; other code around draws others."""
    world = World(server, source)
    machine = type("Machine", (AuctionMachine,), {"world": world})
    run_machine(
        seed(number)(machine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        ),
    )
    return world


def play_on(server: ValkeyServer, source: str) -> None:
    for number in range(MAX_PLAYS):
        play(server, source, number, examples=200)


@pytest.mark.parametrize("examples", [80, pytest.param(2_000, marks=pytest.mark.full)])
def test_the_library_agrees_with_the_rules(server: ValkeyServer, examples: int) -> None:
    ran = Counter[str]()
    for number in range(MAX_PLAYS):
        ran += play(server, library_source(), number, examples=examples).ran
        if all(ran[name] for name in EVERY_RULE):
            break

    assert {name for name in EVERY_RULE if not ran[name]} == set(), ran


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param(
            "price + step_at(price, s[BANDS])\n  if outcome", "price\n  if outcome", id="no step"
        ),
        pytest.param("if price < bands[i] then", "if price <= bands[i] then", id="off by one"),
        pytest.param("elseif c <= top then", "elseif c < top then", id="tie to the later ceiling"),
        pytest.param("now >= s[ENDS_AT] then", "now > s[ENDS_AT] then", id="a late bid"),
        pytest.param("if moved then", "if false then", id="the end's index left behind"),
        pytest.param("ceiling, s[SUB] + 1, now", "ceiling, s[SUB], now", id="a raise unnumbered"),
        pytest.param(
            "numbers[bid.account] = own\n",
            "",
            id="a bidder numbered twice in a call",
            marks=pytest.mark.full,
        ),
        pytest.param(
            "        stored[bid.field] = cmsgpack.pack({bid.request, answer})\n"
            "        keyed[#keyed + 1], keyed[#keyed + 2] = bid.field, stored[bid.field]\n",
            "",
            id="a key of a call forgotten",
        ),
        pytest.param(
            "s[FIRST_ENDS_AT] + moved_ms",
            "s[FIRST_ENDS_AT]",
            id="the cap left behind",
            marks=pytest.mark.full,
        ),
        pytest.param(
            "ends_at - MINUTE_MS > now then",
            "false then",
            id="a mark not armed again",
            marks=pytest.mark.full,
        ),
        pytest.param("c > factor *", "c >= factor *", id="an amount asked about too early"),
        pytest.param("and confirmed ~= c then", "then", id="a confirmation ignored"),
        pytest.param(
            "for i = 1, #entries do write_entry",
            "for i = #entries, #entries do write_entry",
            id="a call's last entry only",
        ),
        pytest.param(
            "s[SELLER] == account and 'seller' or 'admin'",
            "'seller'",
            id="an admin not named",
            marks=pytest.mark.full,
        ),
    ],
)
def test_finds_a_planted_mistake(server: ValkeyServer, right: str, wrong: str) -> None:
    source = library_source()
    assert right in source

    with pytest.raises((AssertionError, OutcomeUnknown)):
        play_on(server, source.replace(right, wrong))
