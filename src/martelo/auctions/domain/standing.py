"""Who may bid and buy, by what they left unpaid (auction rules, section 10)."""

from dataclasses import dataclass

from martelo.auctions.domain.refusals import BidderSuspended, BuyNowUnpaid


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's debts to the house, as its orders report them."""

    suspended_until_ms: int = 0
    unpaid_purchases: int = 0


def require_good_standing(standing: Standing, now_ms: int) -> None:
    """Let bid who is not suspended.

    Raises:
        BidderSuspended: Three won lots were left unpaid, and the suspension lasts.
    """
    if now_ms < standing.suspended_until_ms:
        raise BidderSuspended(standing.suspended_until_ms)


def require_paid_purchases(standing: Standing) -> None:
    """Let buy at once who has no open unpaid purchase.

    Raises:
        BuyNowUnpaid: There is one.
    """
    if standing.unpaid_purchases > 0:
        raise BuyNowUnpaid
