"""Many accounts bid on one auction at once, through the gateway."""

import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from histories import Call, find_contradiction
from martelo.auctions.domain.increments import TABLE, step_at
from martelo.kernel.money import format_amount, parse_amount
from visitors import Account, House, PageResponse, Visitor

BIDDERS = 64
LASTS_S = 5.0
EQUAL = 20


def cents(text: str) -> int:
    found = parse_amount(text)
    assert found is not None, text
    return found


@dataclass
class Bidder:
    """Bids repeatedly, a little above the last minimum bid, and records every call."""

    account: Account
    port: int
    dice: random.Random
    calls: list[Call] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    surprises: list[bytes] = field(default_factory=list)

    def bid_until(self, deadline: float, auction_id: str, minimum_cents: int) -> None:
        visitor = Visitor(self.port)
        while time.monotonic() < deadline:
            minimum_cents = self._bid(visitor, auction_id, minimum_cents)
        visitor.close()

    def _bid(self, visitor: Visitor, auction_id: str, minimum_cents: int) -> int:
        kind = self.dice.choice(["amount", "amount", "amount", "max_amount"])
        above = self.dice.choice([0, 1, self.dice.randrange(5_000), self.dice.randrange(50_000)])
        request = (
            f'{{"auction_id":"{auction_id}","{kind}":"{format_amount(minimum_cents + above)}"}}'
        )
        headers = {
            "Authorization": f"Bearer {self.account.token}",
            "Content-Type": "application/json",
        }
        sent_at = time.monotonic()
        answer = visitor.send("POST", "/place-bid", request, headers)
        answered_at = time.monotonic()
        body = answer.json
        if answer.status == 201:
            # A secret raise has no `seq` of its own: it returns the last public one.
            is_public = "." not in body["bid_id"].rpartition("-")[2]
            if is_public:
                self.accepted.append(body)
                self.calls.append(Call(sent_at, answered_at, seq=body["seq"]))
        elif answer.slug == "bid-too-low":
            price = cents(body["current_price"]) if body["current_price"] else 0
            self.calls.append(Call(sent_at, answered_at, price_cents=price))
        elif answer.slug == "ceiling-too-low":
            return cents(body["least_ceiling"])
        else:
            self.surprises.append(answer.body)
            return minimum_cents
        return cents(body["minimum_bid"])


@pytest.fixture(scope="module")
def crowd(house: House) -> list[Account]:
    with ThreadPoolExecutor(4) as pool:
        accounts = list(pool.map(house.register, (f"Licitante {n}" for n in range(BIDDERS))))
        list(pool.map(lambda account: account.token, accounts))
    return accounts


@pytest.mark.slow
def test_everything_acknowledged_is_in_the_ledger_and_in_order(
    house: House, ana: Account, crowd: list[Account]
) -> None:
    auction_id = ana.create(starting_price="10.00")["id"]
    bidders = [
        Bidder(account, house.port, random.Random(n))  # noqa: S311 - the same dice each time
        for n, account in enumerate(crowd)
    ]
    deadline = time.monotonic() + LASTS_S

    with ThreadPoolExecutor(BIDDERS) as pool:
        running = [pool.submit(b.bid_until, deadline, auction_id, 100) for b in bidders]
    for each in running:
        each.result()

    accepted = sorted((b for x in bidders for b in x.accepted), key=lambda bid: bid["seq"])
    calls = [call for bidder in bidders for call in bidder.calls]
    sys.stdout.write(f"{len(calls)} calls, {len(accepted)} accepted, by {BIDDERS} at once\n")
    assert not [body for bidder in bidders for body in bidder.surprises]
    assert len(accepted) > BIDDERS
    entries = house.ledger(auction_id)
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    bids = {entry["seq"]: entry for entry in entries if entry["type"] == "bid"}
    # Everything acknowledged is there, once, and nothing else.
    assert [bid["seq"] for bid in accepted] == sorted(bids)
    for bid in accepted:
        entry = bids[bid["seq"]]
        assert entry["bid_id"] == bid["bid_id"]
        assert entry["current_price"] == bid["current_price"]
        assert entry["bid_count"] == bid["bid_count"]
    prices = {seq: cents(bids[seq]["current_price"]) for seq in sorted(bids)}
    check_steps(list(prices.values()))
    read = house.read(auction_id)
    assert cents(read["current_price"]) == max(prices.values())
    assert cents(read["current_price"]) == max(cents(bid["current_price"]) for bid in accepted)
    assert read["bid_count"] == len(accepted)
    assert find_contradiction(calls, {1: 0, **prices}) is None


def check_steps(prices: list[int]) -> None:
    """Check that every accepted bid lifts the price by at least the increment."""
    for before, after in pairwise(prices):
        assert after >= before + step_at(before, TABLE), (before, after)


def test_of_equal_bids_at_once_exactly_one_is_accepted(
    house: House, ana: Account, crowd: list[Account]
) -> None:
    auction_id = ana.create(starting_price="100.00")["id"]
    for amount in ("100.00", "200.00", "300.00", "400.00", "500.00"):
        answers = bid_at_once(house, crowd[:EQUAL], auction_id, amount)

        accepted = [answer for answer in answers if answer.status == 201]
        refused = [answer.slug for answer in answers if answer.status != 201]
        assert len(accepted) == 1
        assert refused == ["bid-too-low"] * (EQUAL - 1)
        assert house.read(auction_id)["current_price"] == amount
    assert house.read(auction_id)["bid_count"] == 5


def bid_at_once(
    house: House, accounts: list[Account], auction_id: str, amount: str
) -> list[PageResponse]:
    """Send the same bid from every account at the same moment."""
    barrier = threading.Barrier(len(accounts))
    body = f'{{"auction_id":"{auction_id}","amount":"{amount}"}}'

    def bid(account: Account) -> PageResponse:
        visitor = Visitor(house.port)
        headers = {
            "Authorization": f"Bearer {account.token}",
            "Content-Type": "application/json",
        }
        visitor.send("GET", "/healthz")  # to connect first
        barrier.wait()
        answer = visitor.send("POST", "/place-bid", body, headers)
        visitor.close()
        return answer

    with ThreadPoolExecutor(len(accounts)) as pool:
        return list(pool.map(bid, accounts))
