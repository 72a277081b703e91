"""Replies lost in transit: one bid, and the same answer for every repetition."""

import json
from pathlib import Path

import pytest

from chaos.drill import Drill, Load, Place
from chaos.people import post
from chaos.proxy import Fate, Proxy
from chaos.servers import own_place
from stacks import wait_for

pytestmark = pytest.mark.slow

LOST = 40
"""Replies to lose before the proxy stops losing them."""


def lose_replies(proxy: Proxy) -> None:
    """Lose replies until each fate has occurred several times."""
    proxy.is_calm = False

    def is_enough() -> bool | None:
        lost = [count for fate, count in proxy.counts.items() if fate is not Fate.PASS]
        return (sum(lost) >= LOST and min(lost) >= 5) or None

    wait_for(is_enough, "replies to be lost", seconds=60)
    proxy.is_calm = True


def assert_answers_again(drill: Drill, load: Load) -> None:
    """Post every acknowledged bid again: the answer must equal the first."""
    url = load.lots.place.url
    bidders = {account.account_id: account for account in drill.bidders}
    for each in load.journal.read():
        headers = {**bidders[each.account_id].bearer, "Idempotency-Key": each.key}
        body = {"auction_id": each.auction_id, "amount": each.amount}
        answer = post(drill.http, f"{url}/place-bid", body, headers)
        assert answer.status == 201
        assert answer.headers["idempotent-replay"] == "true"
        assert json.loads(answer.body) == json.loads(each.body)


def describe(proxy: Proxy) -> str:
    return ", ".join(f"{count} {fate.value}" for fate, count in proxy.counts.items())


@pytest.mark.usefixtures("only_in_full")
def test_a_bid_counts_once_when_its_answer_does_not_reach_the_client(drill: Drill) -> None:
    gateway = int(drill.url.rpartition(":")[2])
    with Proxy(gateway, delay_s=0.5).running() as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        with drill.load(Place(url, url)) as load:
            lose_replies(proxy)
            load.flow()

        load.conclude("replies lost between client and gateway", [], describe(proxy))
        assert_answers_again(drill, load)


def test_a_bid_counts_once_when_its_answer_does_not_reach_the_api(
    drill: Drill, tmp_path: Path
) -> None:
    valkey = drill.process("valkey")["ports"][0]
    # Longer than the API waits, so that a delayed answer is a lost one.
    with Proxy(valkey, delay_s=1.0).running() as proxy:
        store_url = drill.environment["VALKEY_URL"].replace(f":{valkey}/", f":{proxy.port}/")
        times = {"VALKEY_TIMEOUT_MS": "700", "VALKEY_WAIT_TIMEOUT_MS": "300"}
        with own_place(drill, tmp_path, store_url, drill.store, **times) as place:
            with drill.load(place) as load:
                lose_replies(proxy)
                load.flow()

            load.conclude("replies lost between API and Valkey", [], describe(proxy))
            assert_answers_again(drill, load)
