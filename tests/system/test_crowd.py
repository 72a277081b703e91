"""One address floods a house with its most expensive requests while others use it."""

from functools import partial

import pytest

from benchmarks.crowd import (
    Person,
    Round,
    bid,
    browse,
    expensive_requests,
    open_house,
    run_round,
    sign_in,
    starts,
)

FLOOD_S = 1.0


@pytest.mark.slow
def test_nobody_else_is_refused_and_nothing_is_restarted() -> None:
    with open_house() as house:
        seller, bidder = house.register("Ana"), house.register("Bruno")
        lot = seller.create(title="Bolo")["id"]
        before = starts(house)
        rounds: list[Round] = []
        for request in expensive_requests(lot, seller.token):
            own_lot = seller.create(title="Bolo de lances")["id"]
            people = [
                Person("browse", house.port, partial(browse, lot)),
                Person("sign in", house.port, partial(sign_in, bidder.email)),
                Person("bid", house.port, partial(bid, own_lot, bidder)),
            ]
            rounds.append(run_round(house, request, people, FLOOD_S))

        assert starts(house) == before

    refused = {
        (each.request.path, person.name): dict(person.refused)
        for each in rounds
        for person in each.people
        if person.refused
    }
    assert refused == {}
    assert all(person.seconds for each in rounds for person in each.people)
