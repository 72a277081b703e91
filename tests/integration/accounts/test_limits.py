from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engines.postgresql import PostgresqlServer
from engines.rate_limits import ask_until_refused
from engines.storefront import PASSWORD, House, new_email, new_person, prepare_house, slug_of
from martelo.runtime.http.client import HttpResponse

SIGN_INS_PER_MINUTE = 10
MAX_WRONG = 20


@pytest.fixture(scope="module")
def limited(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("limited")
    house = prepare_house(
        postgresql, folder, "limited", MARTELO_RATE_LIMITS="on", SIGN_INS_PER_MINUTE="10"
    )
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


def guess(house: House, number: int, email: str, typed: str = "wrong password") -> HttpResponse:
    """Sign in from an address of its own."""
    return house.send(
        "POST",
        "/api/auth/token",
        {"email": email, "password": typed},
        headers={"X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"},
    )


class TestGuessLimits:
    def test_let_twenty_wrong_passwords_of_an_account_pass_from_all_addresses(
        self, limited: House
    ) -> None:
        email = new_email()

        *passed, refused = ask_until_refused(
            lambda n: guess(limited, n, email if n % 2 else email.upper()),
            burst=MAX_WRONG,
            per_minute=1,
        )

        assert {each.status for each in passed} == {401}
        assert slug_of(refused) == "rate-limited"
        assert 1 <= int(refused.headers["retry-after"]) <= 60

    def test_do_not_count_the_right_password(self, limited: House) -> None:
        ana = new_person(limited)

        answers = [guess(limited, n, ana.email, PASSWORD) for n in range(MAX_WRONG + 5)]

        assert {each.status for each in answers} == {200}

    def test_count_a_change_of_password(self, limited: House) -> None:
        ana = new_person(limited)
        change = {"current_password": "wrong password", "password": "another good one"}

        *passed, refused = ask_until_refused(
            lambda n: limited.send(
                "PATCH",
                "/api/auth/me",
                change,
                token=ana.access_token,
                headers={"X-Forwarded-For": f"203.0.114.{n}"},
            ),
            burst=MAX_WRONG,
            per_minute=1,
        )

        assert {each.status for each in passed} == {400}
        assert slug_of(refused) == "rate-limited"
        assert slug_of(guess(limited, 1, ana.email, PASSWORD)) == "rate-limited"
