"""What a lot's page knows of the auctions without asking them."""

from martelo.auctions.domain.increments import TABLE
from martelo.storefront.lot_page.page import USUAL_STEPS


class TestUsualSteps:
    def test_are_those_of_the_house(self) -> None:
        # The storefront imports nothing of the auctions, and no answer shows an open lot's step
        # before its first bid.
        assert USUAL_STEPS == TABLE
