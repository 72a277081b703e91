"""Auctions for tests of the rules, on a clock that starts at 0."""

from dataclasses import replace

from martelo.auctions.domain.auction import Auction, Person
from martelo.auctions.domain.bidding import Bid, place_bid
from martelo.auctions.domain.creating import Draft, create
from martelo.auctions.domain.entries import apply, begin
from martelo.kernel.ids import AccountId, AuctionId

SOL, ANA, BIA, CAIO = (
    Person(AccountId(name.lower()), name) for name in ("Sol", "Ana", "Bia", "Caio")
)
HOUR_MS = 3_600_000


def open_lot(**terms: int) -> Auction:
    """Return an auction of an hour from 10.00 on, with `terms` of `Draft`."""
    draft = Draft(title="Bolo", description="", starting_cents=1_000, duration_ms=HOUR_MS)
    draft = replace(draft, **terms)  # type: ignore[arg-type] # its numbers, by name
    return begin(create(AuctionId("00-0000000000000"), SOL, draft, 0))


def after(
    auction: Auction, *bids: tuple[Person, int | None, int | None], at_ms: int = 1
) -> Auction:
    """Return `auction` after bids of `(who, amount, ceiling)`."""
    for by, amount_cents, max_cents in bids:
        auction = apply(auction, place_bid(auction, Bid(by, amount_cents, max_cents), at_ms))
    return auction
