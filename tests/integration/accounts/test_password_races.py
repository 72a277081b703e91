from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import argon2
import psycopg
import pytest

from engines.storefront import PASSWORD, House, Person, json_of, new_person, slug_of
from martelo.runtime.http.client import HttpResponse

NEW_PASSWORD = "outro grampo verde novo"
TODAY = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
FORMERLY = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)


def while_the_password_changes(
    house: House, person: Person, ask: Callable[[], HttpResponse]
) -> HttpResponse:
    """Send a request that checks the old password before another change of it commits."""
    with (
        psycopg.connect(house.environment["DATABASE_OWNER_URL"]) as connection,
        ThreadPoolExecutor(1) as threads,
    ):
        connection.execute(
            "UPDATE accounts_account SET password = %s WHERE id = %s",
            (TODAY.hash(NEW_PASSWORD), person.account_id),
        )
        asked = threads.submit(ask)
        waiting = "SELECT 1 FROM pg_locks WHERE NOT granted"
        house.wait_until(lambda: asked.done() or house.query(waiting))
        connection.commit()
        return asked.result()


def sign_in(house: House, person: Person, password: str) -> HttpResponse:
    return house.post("/api/auth/token", {"email": person.email, "password": password})


@pytest.mark.parametrize("hasher", [TODAY, FORMERLY])
def test_a_sign_in_with_the_old_password_is_refused(
    house: House, hasher: argon2.PasswordHasher
) -> None:
    ana = new_person(house)
    statement = "UPDATE accounts_account SET password = %s WHERE id = %s"
    house.query(statement, hasher.hash(PASSWORD), ana.account_id)

    answer = while_the_password_changes(house, ana, lambda: sign_in(house, ana, PASSWORD))

    assert (answer.status, slug_of(answer)) == (401, "bad-credentials")
    assert sign_in(house, ana, NEW_PASSWORD).status == 200


def test_a_change_by_the_old_password_is_refused(house: House) -> None:
    ana = new_person(house)
    change = {"current_password": PASSWORD, "password": "ladrao entra na casa azul"}

    answer = while_the_password_changes(
        house,
        ana,
        lambda: house.send("PATCH", "/api/auth/me", change, token=ana.access_token),
    )

    assert answer.status == 400
    assert json_of(answer)["errors"][0]["field"] == "current_password"
    assert sign_in(house, ana, NEW_PASSWORD).status == 200
