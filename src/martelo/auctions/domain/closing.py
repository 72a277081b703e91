"""Ends, announcements and edits: the specification of the functions of `auctions.lua` for them.

Auction rules, sections 2, 6 and 8. `None` says that nothing was due.
"""

from martelo.auctions.domain.auction import Auction, Lead, Person, SoldBy, Status, Texts
from martelo.auctions.domain.bidding import instant, require_biddable
from martelo.auctions.domain.entries import Cancelled, Closed, Edited, EndingSoon, Rescheduled
from martelo.auctions.domain.refusals import (
    AuctionEnded,
    BuyNowUnavailable,
    CancelNotAllowed,
    EditNotAllowed,
    NotTheSeller,
)


def buy_now(auction: Auction, buyer: Person, key: str | None, now_ms: int) -> Closed:
    """Return the sale to `buyer` at the buy-now price.

    Raises:
        AuctionEnded, AuctionNotOpen, SellerCannotBid, BidderExcluded: As for a bid.
        BuyNowUnavailable: None was set, or there is a bid.
    """
    now_ms = instant(auction, now_ms)
    require_biddable(auction, buyer, now_ms)
    price_cents = auction.terms.buy_now_cents
    if price_cents is None or auction.lead is not None:
        raise BuyNowUnavailable
    number = auction.numbers.get(buyer.account_id, auction.bidder_count + 1)
    lead = Lead(buyer.account_id, number, price_cents, price_cents, line_seq=0)
    return Closed(auction.seq + 1, now_ms, Status.SOLD, SoldBy.BUY_NOW, lead, key)


def close(auction: Auction, now_ms: int) -> Closed | None:
    """Return the end of an auction whose time is over; `None` before it, or if it has ended."""
    now_ms = instant(auction, now_ms)
    if auction.status is not Status.OPEN or now_ms < auction.ends_at_ms:
        return None
    sold = auction.lead is not None and auction.reserve_met is not False
    return Closed(
        seq=auction.seq + 1,
        at_ms=now_ms,
        status=Status.SOLD if sold else Status.UNSOLD,
        sold_by=SoldBy.BID if sold else None,
    )


def cancel(  # noqa: PLR0913 - one argument a fact of the decision
    auction: Auction, by: Person, *, reason: str, is_admin: bool, key: str | None, now_ms: int
) -> Cancelled:
    """Return the cancellation by the seller before the first bid, or by an admin.

    Raises:
        AuctionEnded: It is over.
        NotTheSeller: Neither the seller nor an admin.
        CancelNotAllowed: The seller, and there are bids.
    """
    now_ms = instant(auction, now_ms)
    if auction.is_over(now_ms):
        raise AuctionEnded(auction.status, auction.ends_at_ms)
    if not is_admin:
        if by.account_id != auction.terms.seller_id:
            raise NotTheSeller
        if auction.lead is not None:
            raise CancelNotAllowed
    return Cancelled(auction.seq + 1, now_ms, by.account_id, reason, key)


def extend(  # noqa: PLR0913 - one argument a fact of the decision
    auction: Auction, by: Person, *, minutes: int, reason: str, key: str | None, now_ms: int
) -> Rescheduled:
    """Return the later end that an administrator sets, also where the end has passed.

    Raises:
        AuctionEnded: It is closed, or the later end has passed too.
    """
    now_ms = instant(auction, now_ms)
    ends_at_ms = auction.ends_at_ms + minutes * 60_000
    if auction.status is not Status.OPEN or now_ms >= ends_at_ms:
        raise AuctionEnded(auction.status, auction.ends_at_ms)
    return Rescheduled(auction.seq + 1, now_ms, by.account_id, ends_at_ms, reason, key)


def edit(auction: Auction, by: Person, texts: Texts, now_ms: int) -> Edited:
    """Return the change of texts and pictures by the seller before the first bid.

    Raises:
        AuctionEnded: It is over.
        NotTheSeller: `by` does not sell it.
        EditNotAllowed: There are bids.
    """
    now_ms = instant(auction, now_ms)
    if auction.is_over(now_ms):
        raise AuctionEnded(auction.status, auction.ends_at_ms)
    if by.account_id != auction.terms.seller_id:
        raise NotTheSeller
    if auction.lead is not None:
        raise EditNotAllowed
    return Edited(auction.seq + 1, now_ms, texts)


def announce(auction: Auction, now_ms: int) -> EndingSoon | None:
    """Return the announcement of the nearest due mark; it ticks off the earlier ones."""
    now_ms = instant(auction, now_ms)
    if auction.is_over(now_ms):
        return None
    due = [m for m in auction.pending_marks if now_ms >= auction.ends_at_ms - m * 60_000]
    return EndingSoon(auction.seq + 1, now_ms, min(due)) if due else None
