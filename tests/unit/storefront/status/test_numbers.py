"""An administrator sees the numbers of the live store on `/status`; others do not."""

import re
from typing import Protocol

import pytest
from django.test import Client

from fakes.auctions_api import FakeHttp
from martelo.storefront.sessions.sessions import Person

METRICS = b"""\
martelo_store_memory_used_bytes 1.4e+09
martelo_store_memory_max_bytes 4.2e+09
martelo_store_replicas 2.0
martelo_store_log_written 1.0
martelo_store_writable 0.0
martelo_disk_free_bytes{folder="/casa/valkey"} 5.0e+09
martelo_disk_free_ratio{folder="/casa/valkey"} 0.45
martelo_disk_free_inodes_ratio{folder="/casa/valkey"} 0.9
martelo_http_problems_total{slug="outcome-unknown"} 3.0
martelo_http_problems_total{slug="bid-too-low"} 40.0
martelo_live_bids_total{outcome="outcome-unknown"} 4.0
martelo_live_bids_total{outcome="leading"} 50.0
"""


class World(Protocol):
    http: FakeHttp

    def sign_in(self, client: Client, name: str = ..., roles: tuple[str, ...] = ...) -> Person: ...


def numbers(client: Client) -> dict[str, str]:
    page = client.get("/status").content.decode()
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))


@pytest.fixture
def admin(client: Client, world: World) -> Client:
    world.sign_in(client, roles=("buyer", "admin"))
    return client


def test_shows_them_to_administrators(admin: Client, world: World) -> None:
    world.http.set("GET", "/metrics", METRICS)

    assert numbers(admin) == {
        "Memória do armazenamento em uso": "1,3\xa0GB de 3,9\xa0GB (33%)",
        "Log do armazenamento": "gravado",
        "Gravações no armazenamento": "recusadas",
        "Réplicas conectadas": "2",
        "Alterações respondidas sem resultado conhecido, desde o início": "7",
        "Disco livre para /casa/valkey": "4,7\xa0GB (45%), inodes 90%",
    }


def test_says_that_the_store_has_no_bound(admin: Client, world: World) -> None:
    world.http.set("GET", "/metrics", METRICS.replace(b"max_bytes 4.2e+09", b"max_bytes 0.0"))

    assert numbers(admin)["Memória do armazenamento em uso"] == "1,3\xa0GB, sem limite"


def test_says_what_is_unknown(admin: Client) -> None:
    found = numbers(admin)

    assert len(found) == 5
    assert set(found.values()) == {"desconhecido"}


def test_hides_them_from_others(client: Client, world: World) -> None:
    world.http.set("GET", "/metrics", METRICS)
    anonymous = numbers(client)
    world.sign_in(client)

    assert anonymous == numbers(client) == {}
    assert not [call for call in world.http.calls if call.path == "/metrics"]
