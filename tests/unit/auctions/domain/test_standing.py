import pytest

from martelo.auctions.domain.refusals import BidderSuspended, BuyNowUnpaid
from martelo.auctions.domain.standing import (
    Standing,
    require_good_standing,
    require_paid_purchases,
)


class TestRequireGoodStanding:
    def test_refuses_until_the_suspension_is_over(self) -> None:
        with pytest.raises(BidderSuspended) as refused:
            require_good_standing(Standing(suspended_until_ms=1_000), 999)

        assert refused.value.until_ms == 1_000

    def test_lets_bid_from_that_instant_on(self) -> None:
        require_good_standing(Standing(suspended_until_ms=1_000), 1_000)

    def test_lets_bid_who_owes_nothing(self) -> None:
        require_good_standing(Standing(), 0)


class TestRequirePaidPurchases:
    def test_refuses_another_purchase_while_one_is_unpaid(self) -> None:
        with pytest.raises(BuyNowUnpaid):
            require_paid_purchases(Standing(unpaid_purchases=1))

    def test_lets_buy_who_owes_nothing(self) -> None:
        require_paid_purchases(Standing())
