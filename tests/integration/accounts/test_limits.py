from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.postgresql import PostgresqlServer
from engines.storefront import House, new_email, settle, slug_of
from martelo.runtime.http import HttpAnswer


@pytest.fixture(scope="module")
def limited(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("limited")
    house = settle(postgresql, folder, "limited", MARTELO_RATE_LIMITS="on")
    try:
        house.start()
        yield house
    finally:
        house.stop()


def sign_in(house: House, forwarded: str, path: str = "/api/auth/token") -> HttpAnswer:
    return house.send(
        "POST",
        path,
        {"email": new_email(), "password": "wrong password"},
        headers={"X-Forwarded-For": forwarded},
    )


class TestSignInLimits:
    def test_let_ten_a_minute_pass_and_say_when_to_come_back(self, limited: House) -> None:
        answers = [sign_in(limited, "192.0.2.1") for _ in range(11)]

        assert [each.status for each in answers] == [401] * 10 + [429]
        assert slug_of(answers[10]) == "rate-limited"
        assert 1 <= int(answers[10].headers["retry-after"]) <= 6

    def test_count_registrations_too(self, limited: House) -> None:
        paths = ["/api/auth/token", "/api/auth/register"] * 6

        statuses = [sign_in(limited, "192.0.2.2", path).status for path in paths]

        assert statuses == [401, 400] * 5 + [429, 429]

    def test_believe_only_the_last_hop(self, limited: House) -> None:
        statuses = [
            sign_in(limited, f"198.51.100.{number}, 192.0.2.3").status for number in range(11)
        ]

        assert statuses == [401] * 10 + [429]

    def test_keep_addresses_apart(self, limited: House) -> None:
        assert [sign_in(limited, f"203.0.113.{n}").status for n in range(12)] == [401] * 12
