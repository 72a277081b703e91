"""A bid at fault in two ways gets the same answer over every transport: the first check's."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from conformance.auctions.conftest import Stage
from engines.bid_transports import SentBid
from engines.house import ANA, House
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.kernel.ids import AccountId, AuctionId

FAULTS = {
    "no proof": "not-signed-in",
    "no scope": "scope-missing",
    "unconfirmed address": "email-unconfirmed",
    "malformed key": "invalid-idempotency-key",
    "repeated field": "invalid-request",
    "unknown field": "invalid-request",
    "malformed amount": "invalid-amount",
    "too many bids": "rate-limited",
    "suspended": "bidder-suspended",
    "ceiling below amount": "ceiling-too-low",
    "malformed id": "auction-not-found",
    "unknown partition": "auction-not-found",
    "unknown auction": "auction-not-found",
    "reused key": "idempotency-key-reused",
    "cancelled": "auction-ended",
    "scheduled": "auction-not-open",
    "own lot": "seller-cannot-bid",
    "too low": "bid-too-low",
}
"""Every fault of a bid and its answer, in the order in which they are checked."""

EXCLUSIVE = [
    {"no proof", "no scope"},
    {"no proof", "unconfirmed address"},
    {"malformed key", "reused key"},
    {"malformed amount", "ceiling below amount"},
    {"malformed amount", "too low"},
    {"malformed id", "unknown partition"},
    {"malformed id", "unknown auction"},
    {"unknown partition", "unknown auction"},
    {"scheduled", "reused key"},
    {"own lot", "reused key"},
]
"""What one bid cannot be at once."""

PAIRS = [pair for pair in itertools.combinations(FAULTS, 2) if set(pair) not in EXCLUSIVE]
SUSPENDED_UNTIL_MS = 4_000_000_000_000
ABSENT_IDS = {
    "malformed id": "nonsense",
    "unknown partition": "99-0123456789abc",
    "unknown auction": "07-0123456789abc",
}


@dataclass(frozen=True)
class FaultyBid:
    """A bid with some of `FAULTS`, by an account that nobody else uses."""

    stage: Stage
    faults: frozenset[str]

    @property
    def account(self) -> Person:
        states = {
            "too many bids": "hasty",
            "suspended": "debtor",
            "no scope": "reader",
            "unconfirmed address": "newcomer",
        }
        words = [word for fault, word in states.items() if fault in self.faults]
        return Person(AccountId("-".join(["bidder", *words])), "Bia")

    def open_lot(self, house: House) -> AuctionId:
        for fault, auction_id in ABSENT_IDS.items():
            if fault in self.faults:
                return AuctionId(auction_id)
        starts_at_ms = house.store.now_ms() + 600_000 if "scheduled" in self.faults else None
        lot = house.open(
            Draft("Bolo", "", 10_000, duration_ms=3_600_000, starts_at_ms=starts_at_ms),
            seller=self.account if "own lot" in self.faults else ANA,
        )
        if "reused key" in self.faults:
            house.store.place_bid(lot, Bid(self.account, 10_000, None, "k"))
        if "cancelled" in self.faults:
            house.store.cancel(lot, ANA, reason="quebrou", is_admin=True)
        return lot

    def prepare_account(self) -> None:
        account_id = self.account.account_id
        if "suspended" in self.faults:
            key = f"martelo:standing:{account_id}"
            node = self.stage.house.valkey.node_of(key)
            node.hset(key, "suspended_until_ms", str(SUSPENDED_UNTIL_MS))
        if "too many bids" in self.faults:
            proof = self.stage.neighbours.token(account_id, self.account.name)
            junk = SentBid('"auction_id": "nonsense", "amount": "1.00"', proof)
            for send in self.stage.transports.values():
                while send([junk])[0].slug != "rate-limited":
                    pass

    def sent(self) -> SentBid:
        key = "k" if "reused key" in self.faults else None
        if "malformed key" in self.faults:
            key = ""
        return SentBid(", ".join(self._members()), self._proof(), key)

    def _members(self) -> Iterable[str]:
        amount = "1.00" if "too low" in self.faults else "300.00"
        yield '"auction_id": "LOT"'
        yield f'"amount": {"true" if "malformed amount" in self.faults else json.dumps(amount)}'
        if "ceiling below amount" in self.faults:
            yield '"max_amount": "0.50"'
        if "repeated field" in self.faults:
            yield '"auction_id": "LOT"'
        if "unknown field" in self.faults:
            yield '"colour": "red"'

    def _proof(self) -> str | None:
        if "no proof" in self.faults:
            return None
        neighbours, account = self.stage.neighbours, self.account
        is_confirmed = "unconfirmed address" not in self.faults
        if "no scope" not in self.faults:
            return neighbours.token(account.account_id, account.name, email_verified=is_confirmed)
        key = f"mk_{account.account_id.replace('-', '')}_secret"
        neighbours.api_keys[key] = neighbours.token(
            account.account_id, account.name, scope="read", email_verified=is_confirmed
        )
        return key


def answer_to(stage: Stage, *faults: str) -> str | None:
    bid = FaultyBid(stage, frozenset(faults))
    bid.prepare_account()
    [answer] = stage.play(bid.open_lot, [bid.sent()])
    return answer.slug


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault(stage: Stage, fault: str) -> None:
    assert answer_to(stage, fault) == FAULTS[fault]


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_every_pair_of_faults(stage: Stage, pair: tuple[str, str]) -> None:
    assert answer_to(stage, *pair) == FAULTS[pair[0]]
