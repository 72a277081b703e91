"""Every scenario of the rules' vectors, whole, through the pure rules and every real store."""

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.auctions.conftest import PARTITIONS, Bench
from martelo.auctions.adapters.live_store.keys import random_auction_id
from martelo.auctions.domain.answers import Announced, Bought, Done, Ended, Opened, Placed
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import replay
from martelo.auctions.domain.increments import TABLE, step_at
from martelo.auctions.domain.refusals import AmountNeedsConfirmation, CeilingTooLow
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.money import parse_amount
from martelo.kernel.refusal import Refusal

VECTORS = json.loads(Path(__file__).with_name("auction-vectors.json").read_text("utf-8"))
DONE = {"cancel": "cancelled", "extend": "extended", "void": "voided"}
START_MS = 1_750_000_000_000
"""Where the scenarios' own clock begins."""


def cents(text: str | None) -> int | None:
    return None if text is None else parse_amount(text)


def person(name: str) -> Person:
    return Person(AccountId(f"account-of-{name}"), name)


@pytest.mark.parametrize("vector", VECTORS["increments"], ids=lambda v: v["price"])
def test_increment(vector: dict[str, str]) -> None:
    price, step = cents(vector["price"]), cents(vector["step"])

    assert price is not None
    assert step_at(price, TABLE) == step


@pytest.mark.parametrize("scenario", VECTORS["scenarios"], ids=lambda s: s["name"])
def test_scenario(bench: Bench, scenario: dict[str, Any]) -> None:
    auction_id = random_auction_id(PARTITIONS)
    for step in scenario["steps"]:
        bench.set_clock(START_MS + step["at"])

        answer = play(bench, auction_id, step)

        assert outcome_of(answer, DONE.get(step["do"], "")) == asked_of(step["expect"]), step
        check_state(bench, auction_id, step["expect"])


def play(bench: Bench, auction_id: AuctionId, step: dict[str, Any]) -> object:
    store = bench.store
    match step["do"]:
        case "create":
            return store.create(auction_id, person(step["by"]), draft_of(step))
        case "bid":
            try:
                bid = Bid(
                    person(step["by"]),
                    cents(step.get("amount")),
                    cents(step.get("max_amount")),
                    step.get("key"),
                    cents(step.get("confirm_amount")),
                )
            except CeilingTooLow as refusal:
                return refusal
            return store.place_bid(auction_id, bid)
        case "buy_now":
            return store.buy_now(auction_id, person(step["by"]), key=step.get("key"))
        case "cancel":
            return store.cancel(
                auction_id,
                person(step["by"]),
                reason="because",
                is_admin=step.get("admin", False),
            )
        case "extend":
            return store.extend(
                auction_id,
                person(step["by"]),
                minutes=step["minutes"],
                reason="because",
                key=step.get("key"),
            )
        case "void":
            return store.void_bids(
                auction_id,
                person(step["by"]),
                number=step["number"],
                reason="because",
                key=step.get("key"),
            )
        case "close":
            return store.close([auction_id])[0]
        case "announce":
            return store.announce([auction_id])[0]
    raise AssertionError(step["do"])


def draft_of(step: dict[str, Any]) -> Draft:
    starts_at = step.get("starts_at")
    starting_cents = cents(step["starting_price"])
    assert starting_cents is not None
    return Draft(
        title="A lot",
        description="",
        starting_cents=starting_cents,
        ends_at_ms=START_MS + step["ends_at"],
        starts_at_ms=None if starts_at is None else START_MS + starts_at,
        min_increment_cents=cents(step.get("min_increment")),
        reserve_cents=cents(step.get("reserve_price")),
        buy_now_cents=cents(step.get("buy_now_price")),
        soft_close_window_s=step.get("soft_close_window_s"),
        soft_close_cap_s=step.get("soft_close_cap_s"),
    )


def outcome_of(answer: object, done: str) -> dict[str, object]:
    """Return what an answer says, in the vectors' words; `done` is that of a plain change."""
    match answer:
        case Done():
            return {"outcome": done, **({"replayed": True} if answer.replayed else {})}
        case Placed(sub=sub, replayed=False) if sub:
            return {"outcome": answer.outcome.value, "raise_only": True}
        case Placed():
            return {"outcome": answer.outcome.value, **replayed(answer)}
        case Bought():
            return {"outcome": "bought", **replayed(answer)}
        case Ended():
            return {"outcome": answer.status.value}
        case Announced():
            return {"outcome": "ending-soon", "minutes": answer.minutes}
        case CeilingTooLow():
            return {"outcome": answer.slug, "least_ceiling": answer.least_ceiling_cents}
        case AmountNeedsConfirmation():
            return {"outcome": answer.slug, "amount": answer.amount_cents}
        case Refusal():
            return {"outcome": answer.slug}
    return {"outcome": "created" if isinstance(answer, Opened) else "nothing-due"}


def replayed(answer: Placed | Bought) -> dict[str, object]:
    if not answer.replayed:
        return {}
    return {"replayed": True, "answered_price": answer.price_cents}


def asked_of(expect: dict[str, Any]) -> dict[str, object]:
    """Return what the vector expects of the answer; `bid-too-low` is checked with the state."""
    words = {"outcome", "raise_only", "replayed", "minutes"}
    asked = {word: value for word, value in expect.items() if word in words}
    for word in ("answered_price", "least_ceiling", "amount"):
        if word in expect and (word != "least_ceiling" or "ceiling-too-low" in asked.values()):
            asked[word] = cents(expect[word])
    return asked


def check_state(bench: Bench, auction_id: AuctionId, expect: dict[str, Any]) -> None:
    reading = bench.store.read(auction_id)
    assert reading is not None
    auction = reading.auction
    lead = auction.lead
    assert {
        "status": auction.status.value,
        "current_price": lead and lead.price_cents,
        "leader": lead and reading.names[lead.number],
        "ceiling": lead and lead.ceiling_cents,
        "minimum_bid": None if auction.ending else auction.minimum_bid_cents,
        "reserve_met": auction.reserve_met,
        "bid_count": auction.bid_count,
        "seq": auction.seq,
        "sub": auction.sub,
        "ends_at": auction.ends_at_ms - START_MS,
    } == {
        "status": expect["status"],
        "current_price": cents(expect["current_price"]),
        "leader": expect["leader"],
        "ceiling": cents(expect["ceiling"]),
        "minimum_bid": cents(expect["minimum_bid"]),
        "reserve_met": expect["reserve_met"],
        "bid_count": expect["bid_count"],
        "seq": expect["seq"],
        "sub": expect["sub"],
        "ends_at": expect["ends_at"],
    }
    check_invariants(bench, auction_id)
    if "ranking" in expect:
        names = {number: account for account, number in numbers_of(bench, auction_id).items()}
        lines = [[names[line.number], line.cents] for line in bench.ranking(auction_id)]
        assert lines == [[who, cents(amount)] for who, amount in expect["ranking"]]


def check_invariants(bench: Bench, auction_id: AuctionId) -> None:
    """The ledger alone restores the auction, its `seq` has no gaps, the index has the end."""
    reading = bench.store.read(auction_id)
    assert reading is not None
    again = replay(bench.store.entries(auction_id, (0, 0), 10_000))
    known = {a: n for a, n in again.numbers.items() if a in reading.auction.numbers}
    assert reading.auction.numbers.items() <= again.numbers.items()
    assert {**vars_of(again), "numbers": known} == {
        **vars_of(reading.auction),
        "numbers": known,
    }
    public = bench.store.public_entries(auction_id, 0, 10_000)
    assert [entry.seq for entry in public] == list(range(1, reading.auction.seq + 1))
    ended = reading.auction.ending is not None
    assert bench.end_score(auction_id) == (None if ended else reading.auction.ends_at_ms)


def vars_of(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]


def numbers_of(bench: Bench, auction_id: AuctionId) -> dict[str, int]:
    again = replay(bench.store.entries(auction_id, (0, 0), 10_000))
    return {name.removeprefix("account-of-"): number for name, number in again.numbers.items()}
