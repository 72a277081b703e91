import pytest

from fakes.demo_house import MemoryHouse
from martelo.demo.domain.catalogue import OFFERS
from martelo.demo.ports import NotDone
from martelo.demo.use_cases import Seed


def read_pictures(name: str) -> list[bytes]:
    return [f"{name}-{number}".encode() for number in (1, 2)]


def seed(house: MemoryHouse, now_ms: int = 1_000_000) -> list[str]:
    pauses: list[float] = []
    return list(Seed(house, read_pictures, pauses.append).run(now_ms))


class TestSeed:
    def test_offers_everything_with_its_pictures(self) -> None:
        house = MemoryHouse()

        seed(house)

        assert {lot.title for lot in house.lots.values()} == {offer.title for offer in OFFERS}
        assert all(len(lot.image_ids) == 2 for lot in house.lots.values())
        assert [lot.title for lot in house.lots.values() if lot.starts_at_ms > 1_000_000] == [
            offer.title for offer in OFFERS if offer.opens_in_s
        ]

    @pytest.mark.parametrize("page_size", [100, 5])
    def test_adds_nothing_the_second_time(self, page_size: int) -> None:
        house = MemoryHouse()
        house.page_size = page_size
        seed(house)

        said = seed(house)

        assert len(house.lots) == len(OFFERS)
        assert said == ["every lot was there"]

    def test_adds_nothing_after_all_has_ended(self) -> None:
        house = MemoryHouse()
        seed(house)
        house.now_s += 10**7

        seed(house)

        assert len(house.lots) == len(OFFERS)

    def test_goes_on_where_it_was_cut_off(self) -> None:
        house = MemoryHouse()
        seed(house)
        # The record is a moment behind: the last lots are not listed yet.
        for auction_id in list(house.lots)[-3:]:
            del house.lots[auction_id]

        said = seed(house, now_ms=2_000_000)

        assert len(house.lots) == len(OFFERS) - 3
        assert len(said) == 3
        assert "was there" in said[-1]

    def test_leaves_a_house_that_has_lots(self) -> None:
        house = MemoryHouse()
        house.add("mine", "Relógio de parede", "somebody")

        seed(house)

        assert list(house.lots) == ["mine"]

    @pytest.mark.parametrize("status", [0, 404, 502, 503])
    def test_does_without_pictures_where_the_images_do_not_answer(self, status: int) -> None:
        house = MemoryHouse()
        house.failing["upload"] = NotDone(status, "away", 1)

        said = seed(house)

        assert len(house.lots) == len(OFFERS)
        assert not any(lot.image_ids for lot in house.lots.values())
        assert sum("no pictures" in line for line in said) == len(OFFERS)

    def test_gives_up_where_the_house_refuses(self) -> None:
        house = MemoryHouse()
        house.failing["create"] = NotDone(403, "scope-missing", 1)

        with pytest.raises(NotDone):
            seed(house)

    def test_gives_up_where_the_house_is_away_for_long(self) -> None:
        house = MemoryHouse()
        house.failing["list_lots"] = NotDone(503, "store-unavailable", 1)

        with pytest.raises(NotDone):
            seed(house)
