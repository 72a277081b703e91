import re

from martelo.demo.domain.catalogue import OFFERS, SELLERS, find_offer


class TestOffers:
    def test_are_a_dozen_of_every_seller(self) -> None:
        assert len({offer.name for offer in OFFERS}) == 12
        assert {offer.seller for offer in OFFERS} == set(SELLERS)

    def test_show_every_kind_of_lot(self) -> None:
        assert sum(offer.duration_s <= 180 for offer in OFFERS) == 2
        assert sum(offer.opens_in_s > 0 for offer in OFFERS) == 1
        assert sum(offer.buy_now_cents is not None for offer in OFFERS) == 1
        assert sum(offer.reserve_cents is not None for offer in OFFERS) == 1

    def test_are_worth_more_than_they_cost_at_least(self) -> None:
        for offer in OFFERS:
            assert offer.worth_cents > max(offer.starting_cents, offer.reserve_cents or 0)

    def test_keep_to_the_houses_bounds(self) -> None:
        for offer in OFFERS:
            assert 1 <= len(offer.title) <= 140
            assert len(offer.description) <= 5_000
            assert re.fullmatch("[a-z]+", offer.category)
            assert len(f"demo {offer.name}") <= 64


class TestFindOffer:
    def test_finds_a_sellers_own(self) -> None:
        offer = OFFERS[0]

        assert find_offer(offer.title, offer.seller) is offer

    def test_leaves_anothers_lot_of_the_same_title(self) -> None:
        other = next(seller for seller in SELLERS if seller != OFFERS[0].seller)

        assert find_offer(OFFERS[0].title, other) is None
