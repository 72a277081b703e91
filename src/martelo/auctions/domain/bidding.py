"""The bid: the specification of `auctions_bid` (auction rules, sections 5 to 7)."""

from dataclasses import dataclass

from martelo.auctions.domain.auction import Auction, Lead, Person
from martelo.auctions.domain.entries import BidOutcome, BidPlaced, Raised
from martelo.auctions.domain.increments import step_at
from martelo.auctions.domain.refusals import (
    AmountNeedsConfirmation,
    AuctionEnded,
    AuctionNotOpen,
    BidderExcluded,
    BidTooLow,
    CeilingTooLow,
    SellerCannotBid,
)


@dataclass(frozen=True, slots=True)
class Bid:
    """An offer: `amount_cents` (manual), `max_cents` (automatic, a ceiling), or both.

    `confirmed_cents` is the amount that the bidder has confirmed, if any.
    """

    by: Person
    amount_cents: int | None = None
    max_cents: int | None = None
    key: str | None = None
    confirmed_cents: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no rule can judge.

        Raises:
            CeilingTooLow: The ceiling is below the amount beside it (rule 1).
        """
        if self.amount_cents is None and self.max_cents is None:
            raise ValueError("a bid names an amount or a ceiling")
        if None not in (self.amount_cents, self.max_cents) and (
            self.ceiling_cents != self.max_cents
        ):
            raise CeilingTooLow(least_ceiling_cents=self.ceiling_cents)

    @property
    def ceiling_cents(self) -> int:
        """The larger of what is given."""
        return max(self.amount_cents or 0, self.max_cents or 0)

    @property
    def held_against_minimum_cents(self) -> int:
        """What the least acceptable amount is compared with."""
        return self.amount_cents or self.max_cents or 0


def instant(auction: Auction, now_ms: int) -> int:
    """Return `now_ms`, raised to the last entry's instant should the clock have stepped back."""
    return max(now_ms, auction.at_ms)


def require_biddable(auction: Auction, person: Person, now_ms: int) -> None:
    """Refuse a bid or a purchase by `person` that comes late, early, or from the seller.

    Raises:
        AuctionEnded: `now_ms` is at or past the end, or the auction is closed.
        AuctionNotOpen: `now_ms` is before the start.
        SellerCannotBid: `person` sells it.
        BidderExcluded: The bids of `person` were voided.
    """
    if auction.is_over(now_ms):
        raise AuctionEnded(auction.status, auction.ends_at_ms)
    if auction.is_scheduled(now_ms):
        raise AuctionNotOpen(auction.terms.starts_at_ms)
    if person.account_id == auction.terms.seller_id:
        raise SellerCannotBid
    if auction.numbers.get(person.account_id) in auction.voided:
        raise BidderExcluded


def place_bid(
    auction: Auction, bid: Bid, now_ms: int, *, confirmation_factor: int = 0
) -> BidPlaced | Raised:
    """Return the entry that `bid` makes; rule numbers: auction rules, section 5.

    A bid above `confirmation_factor` times the minimum bid has to be confirmed; 0: none has to.

    Raises:
        AuctionEnded, AuctionNotOpen, SellerCannotBid, BidderExcluded: Rule 2.
        CeilingTooLow: The leader's new ceiling is not above his old one (rule 3).
        BidTooLow: Below the minimum (rule 4).
        AmountNeedsConfirmation: Far above the minimum, and not confirmed (rule 4).
    """
    now_ms = instant(auction, now_ms)
    require_biddable(auction, bid.by, now_ms)
    lead = auction.lead
    leads = lead is not None and lead.account_id == bid.by.account_id
    if lead is not None and leads and bid.amount_cents is None:  # rule 3
        if bid.ceiling_cents <= lead.ceiling_cents:
            raise CeilingTooLow(least_ceiling_cents=lead.ceiling_cents + 1)
        _require_confirmed(auction, bid, confirmation_factor)
        price_cents = _at_reserve(auction, lead.price_cents, bid.ceiling_cents)
        if price_cents == lead.price_cents:
            return Raised(
                seq=auction.seq,
                sub=auction.sub + 1,
                at_ms=now_ms,
                by=bid.by.account_id,
                number=lead.number,
                max_cents=bid.ceiling_cents,
                key=bid.key,
            )
        return _placed(auction, bid, now_ms, BidOutcome.LEADING, price_cents, bid.ceiling_cents)
    if bid.held_against_minimum_cents < auction.minimum_bid_cents:  # rule 4
        raise BidTooLow(
            minimum_bid_cents=auction.minimum_bid_cents,
            current_price_cents=lead.price_cents if lead else None,
        )
    _require_confirmed(auction, bid, confirmation_factor)
    outcome, price_cents, ceiling_cents = _contest(auction, lead, bid, leads=leads)
    price_cents = _at_reserve(auction, price_cents, ceiling_cents)
    return _placed(auction, bid, now_ms, outcome, price_cents, ceiling_cents)


def _require_confirmed(auction: Auction, bid: Bid, factor: int) -> None:
    """Refuse a bid far above the minimum whose amount was not confirmed (rule 4)."""
    minimum_cents = auction.minimum_bid_cents
    if (
        factor
        and bid.ceiling_cents > factor * minimum_cents
        and (bid.confirmed_cents != bid.ceiling_cents)
    ):
        raise AmountNeedsConfirmation(bid.ceiling_cents, minimum_cents)


def _contest(
    auction: Auction, lead: Lead | None, bid: Bid, *, leads: bool
) -> tuple[BidOutcome, int, int]:
    """Return outcome, price and leading ceiling by rules 5 to 8."""
    ceiling_cents = bid.ceiling_cents
    if lead is None:  # rule 5
        price_cents = max(bid.amount_cents or 0, auction.terms.starting_cents)
        return BidOutcome.LEADING, price_cents, ceiling_cents
    if leads:  # rule 6; without an amount it was a raise
        return BidOutcome.LEADING, bid.amount_cents or 0, max(lead.ceiling_cents, ceiling_cents)
    bands = auction.terms.bands
    if ceiling_cents <= lead.ceiling_cents:  # rule 7
        answer_cents = ceiling_cents + step_at(ceiling_cents, bands)
        return BidOutcome.OUTBID, min(answer_cents, lead.ceiling_cents), lead.ceiling_cents
    over_cents = lead.ceiling_cents + step_at(lead.ceiling_cents, bands)  # rule 8
    price_cents = max(bid.amount_cents or 0, min(over_cents, ceiling_cents))
    return BidOutcome.LEADING, price_cents, ceiling_cents


def _at_reserve(auction: Auction, price_cents: int, ceiling_cents: int) -> int:
    """Return the price lifted to a reserve that the leading ceiling reaches (rule 9)."""
    reserve_cents = auction.terms.reserve_cents
    if reserve_cents is not None and price_cents < reserve_cents <= ceiling_cents:
        return reserve_cents
    return price_cents


def _placed(  # noqa: PLR0913, PLR0917 - one argument a fact of the decision
    auction: Auction,
    bid: Bid,
    now_ms: int,
    outcome: BidOutcome,
    price_cents: int,
    ceiling_cents: int,
) -> BidPlaced:
    lead = auction.lead
    stands_cents = price_cents if outcome is BidOutcome.LEADING else bid.ceiling_cents
    beaten = None
    if lead and outcome is BidOutcome.LEADING and lead.account_id != bid.by.account_id:
        beaten = lead.account_id
    return BidPlaced(
        seq=auction.seq + 1,
        at_ms=now_ms,
        by=bid.by.account_id,
        number=auction.numbers.get(bid.by.account_id, auction.bidder_count + 1),
        amount_cents=bid.amount_cents,
        max_cents=bid.max_cents,
        outcome=outcome,
        stands_cents=stands_cents,
        automatic=stands_cents != bid.amount_cents,
        beaten=beaten,
        price_cents=price_cents,
        ceiling_cents=ceiling_cents,
        bid_count=auction.bid_count + 1,
        ends_at_ms=_soft_close(auction, now_ms),
        key=bid.key,
    )


def _soft_close(auction: Auction, now_ms: int) -> int:
    """Return the end after a bid that changed leader or price (auction rules, section 7)."""
    terms = auction.terms
    latest_ms = terms.first_ends_at_ms + terms.cap_ms
    return min(max(auction.ends_at_ms, now_ms + terms.window_ms), latest_ms)
