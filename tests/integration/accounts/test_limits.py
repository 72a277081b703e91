from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engines.postgresql import PostgresqlServer
from engines.rate_limits import ask_until_refused
from engines.storefront import House, new_email, prepare_house, slug_of
from martelo.runtime.http.client import HttpResponse

SIGN_INS_PER_MINUTE = 10


@pytest.fixture(scope="module")
def limited(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("limited")
    house = prepare_house(postgresql, folder, "limited", MARTELO_RATE_LIMITS="on")
    try:
        house.start()
        yield house
    finally:
        house.stop()


def sign_in(house: House, forwarded: str, path: str = "/api/auth/token") -> HttpResponse:
    return house.send(
        "POST",
        path,
        {"email": new_email(), "password": "wrong password"},
        headers={"X-Forwarded-For": forwarded},
    )


def until_refused(ask: Callable[[int], HttpResponse]) -> list[HttpResponse]:
    return ask_until_refused(ask, burst=SIGN_INS_PER_MINUTE, per_minute=SIGN_INS_PER_MINUTE)


class TestSignInLimits:
    def test_let_ten_a_minute_pass_and_say_when_to_come_back(self, limited: House) -> None:
        *passed, refused = until_refused(lambda _: sign_in(limited, "192.0.2.1"))

        assert {each.status for each in passed} == {401}
        assert slug_of(refused) == "rate-limited"
        assert 1 <= int(refused.headers["retry-after"]) <= 6

    def test_count_registrations_too(self, limited: House) -> None:
        paths = ["/api/auth/token", "/api/auth/register"]

        *passed, _ = until_refused(lambda n: sign_in(limited, "192.0.2.2", paths[n % 2]))

        assert [each.status for each in passed[:10]] == [401, 400] * 5

    def test_believe_only_the_last_hop(self, limited: House) -> None:
        *passed, _ = until_refused(lambda n: sign_in(limited, f"198.51.100.{n}, 192.0.2.3"))

        assert {each.status for each in passed} == {401}

    def test_keep_addresses_apart(self, limited: House) -> None:
        assert [sign_in(limited, f"203.0.113.{n}").status for n in range(12)] == [401] * 12
