"""Every list of the record against the same list made by hand."""

import re
from dataclasses import dataclass
from itertools import product
from typing import Any

import psycopg
import pytest
from sqlalchemy import Select, text

from engines.house import ANA, BRUNO, CARLA, House
from martelo.auctions.adapters.record.searching import (
    auctions_statement,
    ends_statement,
    search_statement,
)
from martelo.auctions.domain.auction import Auction, Status
from martelo.auctions.domain.creating import Draft
from martelo.auctions.ports.readings import After
from martelo.auctions.ports.record import AuctionQuery, Listed, Order
from martelo.kernel.ids import AccountId, AuctionId

QUERIES = (
    [AuctionQuery(listed, order) for listed, order in product(Listed, Order)]
    + [AuctionQuery(Listed.ALL, order, category="livros") for order in Order]
    + [
        AuctionQuery(Listed.ALL, Order.NEWEST, seller_id=BRUNO.account_id),
        AuctionQuery(Listed.OPEN, Order.CHEAPEST, price_min_cents=2_000, price_max_cents=3_000),
        AuctionQuery(Listed.ALL, Order.DEAREST, price_min_cents=1_000, price_max_cents=1_000),
        AuctionQuery(Listed.SOLD, price_min_cents=10**14),
        AuctionQuery(Listed.ALL, text="relogio"),
        AuctionQuery(Listed.ALL, Order.BID_COUNT, text="Relógios antigos"),
        AuctionQuery(Listed.ALL, text='"de bolso" -parede'),
        AuctionQuery(Listed.ALL, text="' & | ! :* <-> \\ ("),
        AuctionQuery(Listed.ALL, category="' OR 1=1 --"),
    ]
)
TITLES = ("Relógio de bolso", "RELÓGIO DE PAREDE", "Livro raro", "Pão de mel")


@dataclass(frozen=True)
class Hall:
    """Auctions of every kind, some equal in what orders them."""

    auctions: list[Auction]
    now_ms: int

    def expected(self, query: AuctionQuery) -> list[AuctionId]:
        found = [auction for auction in self.auctions if self._fits(query, auction)]
        return [auction.id for auction in sorted(found, key=lambda a: sort_key(query.order, a))]

    def _fits(self, query: AuctionQuery, auction: Auction) -> bool:
        wanted: dict[Listed, bool] = {
            Listed.ALL: True,
            Listed.OPEN: auction.is_active(self.now_ms),
            Listed.SCHEDULED: auction.is_scheduled(self.now_ms),
        }
        least, most = query.price_min_cents or 0, query.price_max_cents or 10**15
        before_ms = query.ends_before_ms or 10**15
        return (
            wanted.get(query.listed, auction.status.value == query.listed.value)
            and query.category in {None, auction.texts.category}
            and query.seller_id in {None, auction.terms.seller_id}
            and least <= asked(auction) <= most
            and auction.ends_at_ms < before_ms
            and (query.text is None or says(query.text, auction))
        )


def asked(auction: Auction) -> int:
    return auction.lead.price_cents if auction.lead else auction.terms.starting_cents


def says(wanted: str, auction: Auction) -> bool:
    title = auction.texts.title.lower()
    match wanted:
        case "relogio":
            return "relógio" in title
        case "Relógios antigos":
            return "relógio" in title and "antiga" in auction.texts.description
        case '"de bolso" -parede':
            return "de bolso" in title
        case _:
            return False


def sort_key(order: Order, auction: Auction) -> tuple[int, tuple[int, ...]]:
    value = {
        Order.ENDS_AT: auction.ends_at_ms,
        Order.NEWEST: -auction.terms.created_at_ms,
        Order.BID_COUNT: -auction.bid_count,
        Order.CHEAPEST: asked(auction),
        Order.DEAREST: -asked(auction),
    }[order]
    downwards = order.value.startswith("-")
    letters = auction.id.encode()
    return value, tuple(-letter for letter in letters) if downwards else tuple(letters)


def fill(house: House) -> Hall:
    now_ms = house.store.now_ms()
    auction_ids = []
    for index in range(48):
        house.decide_at(now_ms - 600_000 + (index % 7) * 1_000)
        draft = Draft(
            TITLES[index % 4],
            "Peça antiga" if index % 3 else "Nova",
            1_000 * (1 + index % 3),
            ends_at_ms=now_ms + 600_000 + (index % 5) * 60_000,
            starts_at_ms=now_ms + 300_000 if index % 6 == 5 else None,
            category=("livros", None, "casa")[index % 3],
            buy_now_cents=9_000,
        )
        auction_ids.append(house.open(draft, seller=(ANA, BRUNO)[index % 2]))
    house.decide_at(now_ms)
    for index, auction_id in enumerate(auction_ids):
        end(house, auction_id, index)
    house.decide_now()
    house.archive_all(*auction_ids)
    readings = house.store.read_many(auction_ids)
    return Hall([reading.auction for reading in readings.values()], now_ms)


def end(house: House, auction_id: AuctionId, index: int) -> None:
    match index % 6:
        case 0:
            house.bid(auction_id, CARLA, 5_000)
        case 1:
            house.store.buy_now(auction_id, CARLA)
        case 2:
            house.store.cancel(auction_id, ANA, reason="x", is_admin=True)
        case 3 if index % 4 == 1:
            house.decide_at(house.store.now_ms() + 3_600_000)
            house.store.close([auction_id])
            house.decide_at(house.store.now_ms())


@pytest.fixture(scope="module")
def hall(built_house: House) -> Hall:
    built_house.empty()
    return fill(built_house)


class TestSearch:
    @pytest.mark.parametrize("query", QUERIES, ids=str)
    def test_walks_all_that_fits_in_order(
        self, built_house: House, hall: Hall, query: AuctionQuery
    ) -> None:
        expected = hall.expected(query)

        found: list[AuctionId] = []
        after: After | None = None
        for _ in range(30):
            page, after = built_house.record.search(query, hall.now_ms, after, 3)
            found += [reading.auction.id for reading in page]
            if after is None:
                break

        assert found == expected

    def test_shows_only_what_ends_before(self, built_house: House, hall: Hall) -> None:
        query = AuctionQuery(Listed.ALL, ends_before_ms=hall.now_ms + 660_000)

        page, _ = built_house.record.search(query, hall.now_ms, None, 100)

        assert [reading.auction.id for reading in page] == hall.expected(query)
        assert page

    def test_has_every_kind_to_tell_apart(self, hall: Hall) -> None:
        kinds = {auction.status for auction in hall.auctions}
        assert kinds == set(Status)
        assert any(auction.is_scheduled(hall.now_ms) for auction in hall.auctions)

    def test_leaves_out_of_open_what_awaits_its_closing(self, house: House) -> None:
        now_ms = house.store.now_ms()
        (auction_id,) = house.open_to_end_at(now_ms - 1, 1)
        house.archive_all(auction_id)

        assert house.record.search(AuctionQuery(), now_ms, None, 9) == ([], None)
        (everything, _) = house.record.search(AuctionQuery(Listed.ALL), now_ms, None, 9)
        assert [reading.auction.id for reading in everything] == [auction_id]


PLANTED = """
INSERT INTO auction (id, title, description, image_ids, seller_id, starting_cents,
    bands, window_ms, cap_ms, created_at_ms, starts_at_ms, first_ends_at_ms, ends_at_ms, status,
    pending_marks, bid_count, bidder_count, closed_at_ms, seq, sub, at_ms)
SELECT lpad((n % 16)::text, 2, '0') || '-' || lpad(n::text, 13, '0'), 'Lote ' || n, '', '{}',
    'seller' || n % 500, n % 997, '{1,5}', 0, 0, n, n, 1000000 + n % 5000, 1000000 + n % 5000,
    (ARRAY['open', 'sold', 'unsold', 'cancelled'])[1 + n % 4], '{}', n % 89, 0,
    CASE WHEN n % 4 = 0 THEN NULL ELSE n END, 1, 0, n
FROM generate_series(1, 20000) AS n
"""


class TestSearchStatement:
    @pytest.mark.parametrize("order", Order)
    @pytest.mark.parametrize("listed", [Listed.OPEN, Listed.SOLD, Listed.ALL])
    @pytest.mark.parametrize("after", [None, After(50, AuctionId("07-0000000000500"))])
    def test_reads_a_page_by_its_index(
        self, planted: House, order: Order, listed: Listed, after: After | None
    ) -> None:
        statement = search_statement(AuctionQuery(listed, order), 30_000, after, 21)

        plan = explain(planted, statement)

        assert "Seq Scan" not in plan
        assert "auction_by_" in plan
        read = [int(rows) for rows in re.findall(r"Scan.*actual rows=(\d+)", plan)]
        assert sum(read) <= 4 * 21, plan

    def test_reads_own_auctions_by_their_index(self, planted: House) -> None:
        after = After(10_000, AuctionId("07-0000000000500"))

        plan = explain(planted, auctions_statement(AccountId("seller7"), after, 21))

        assert "auction_by_seller" in plan
        assert "Seq Scan" not in plan


class TestEndsStatement:
    @pytest.mark.parametrize("after", [None, After(15_000, AuctionId("07-0000000000500"))])
    def test_reads_a_page_by_its_index(self, planted: House, after: After | None) -> None:
        plan = explain(planted, ends_statement(10_000, after, 21))

        assert "auction_by_closing" in plan
        assert "Sort" not in plan


@pytest.fixture(scope="module")
def planted(built_house: House) -> House:
    built_house.empty()
    with built_house.engine.begin() as connection:
        connection.execute(text(PLANTED))
    with psycopg.connect(built_house.owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE auction")
    return built_house


def explain(house: House, statement: Select[Any]) -> str:
    compiled = statement.compile(house.engine, compile_kwargs={"literal_binds": True})
    with house.engine.begin() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {compiled}")
        return "\n".join(row[0] for row in rows)
