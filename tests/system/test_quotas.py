"""How many auctions and purchases an account may make, with the limits on."""

from collections.abc import Iterator

import pytest

from stacks import LaunchedStack, wait_for
from visitors import Account, House

DRAFT = {"title": "Torta", "starting_price": "10.00", "buy_now_price": "20.00", "duration_s": 3600}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    stack = LaunchedStack(tmp_path_factory.mktemp("quotas") / "data", {"MAX_OPEN_LOTS": "3"})
    try:
        stack.up("storefront", "auctions-api", "auctions-worker", "gateway")
        yield House(stack)
    finally:
        stack.close()


def opened(account: Account) -> tuple[int, str | None]:
    answer = account.call("POST", "/create-auction", DRAFT)
    return answer.status, answer.slug


def count_listed(account: Account, wanted: int) -> bool | None:
    items = account.call("GET", "/my/auctions").json["items"]
    return len(items) >= wanted or None


class TestOpenLots:
    def test_are_bounded_for_people_and_not_for_the_house(self, limited: House) -> None:
        ana, admin = limited.register("Ana"), limited.register_admin("Rita")
        for number in range(1, 4):
            assert opened(ana) == (201, None)
            # The record, which counts, lags a little.
            wait_for(lambda n=number: count_listed(ana, n), "the record to have it")  # type: ignore[misc]

        refused = ana.call("POST", "/create-auction", DRAFT)

        assert (refused.status, refused.slug, refused.json["max"]) == (
            409,
            "too-many-open-lots",
            3,
        )
        for number in range(1, 6):
            assert opened(admin) == (201, None)
            wait_for(lambda n=number: count_listed(admin, n), "the record to have it")  # type: ignore[misc]


class TestRate:
    def test_of_auctions_is_bounded(self, limited: House) -> None:
        bruno = limited.register("Bruno")

        answers = [bruno.call("POST", "/create-auction", {**DRAFT, "title": ""}) for _ in range(25)]

        assert [each.status for each in answers[:20]] == [400] * 20
        refused = [each for each in answers if each.status == 429]
        assert refused
        assert all(int(each.headers["retry-after"]) > 0 for each in refused)

    def test_of_purchases_is_bounded(self, limited: House) -> None:
        carla = limited.register("Carla")

        answers = [carla.call("POST", "/auction/x/buy-now") for _ in range(25)]

        assert {each.slug for each in answers} == {"auction-not-found", "rate-limited"}
