"""Whether a bid may go to the store: one order of checks for every transport."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.domain.standing import Standing, require_good_standing
from martelo.auctions.wire.requests import BidRequest
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.identity.rights import require_buyer
from martelo.runtime.identity.service_keys import ScopeMissing
from martelo.runtime.identity.tokens import Identity
from martelo.runtime.problems.refusals import RateLimited

BID_SCOPE = "bid"


@dataclass(frozen=True, slots=True)
class BidMessage:
    """A bid as a transport received it; `admit` reads each part when its turn comes."""

    bidder: Identity
    read_key: Callable[[], str | None]
    read_request: Callable[[], BidRequest]


def admit(
    message: BidMessage,
    *,
    buckets: TokenBuckets | None,
    standing_of: Callable[[AccountId], Standing],
    parse_id: Callable[[str], AuctionId | None],
    now_ms: int,
) -> tuple[AuctionId, Bid]:
    """Return the auction and the bid that `message` asks for; the first failed check decides.

    Raises:
        ScopeMissing, EmailUnconfirmed, InvalidIdempotencyKey, InvalidInput, InvalidAmount,
        RateLimited, BidderSuspended, CeilingTooLow, AuctionNotFound: In this order; and what
            `standing_of` raises, in the place of `BidderSuspended`.
    """
    bidder = message.bidder
    if not bidder.may(BID_SCOPE):
        raise ScopeMissing(BID_SCOPE)
    require_buyer(bidder)
    key = message.read_key()
    request = message.read_request()
    if buckets is not None and (wait_s := buckets.take(bidder.account_id)) > 0:
        raise RateLimited(math.ceil(wait_s))
    require_good_standing(standing_of(bidder.account_id), now_ms)
    bid = request.by(Person(bidder.account_id, bidder.name), key)
    auction_id = parse_id(request.auction_id)
    if auction_id is None:
        raise AuctionNotFound
    return auction_id, bid
