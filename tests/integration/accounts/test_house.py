import subprocess
import sys

import pytest

from engines.storefront import AGENT_KEY, NOTICES_KEY, House, json_of, slug_of
from martelo.runtime.http.client import HttpResponse

CHANGE = """
import os
from pydantic import SecretStr
from martelo.storefront.django_setup import configure_django
configure_django(SecretStr(os.environ["DATABASE_URL"]))
from martelo.accounts.house.settings import HouseChange, change_house
by = "11111111-1111-4111-8111-111111111111"
for name in ("Casa velha", " Casa de Leil\\u00f5es "):
    posts = ("unsold", "sold")
    change_house(HouseChange(name, "Leil\\u00f5es", "en", "plain", "masked", posts, "approved"), by)
"""


@pytest.fixture
def changed(house: House) -> HttpResponse:
    done = subprocess.run(
        [sys.executable, "-c", CHANGE],
        env=house.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return ask(house)


def ask(house: House, key: str = AGENT_KEY) -> HttpResponse:
    return house.send("GET", "/internal/house", headers={"X-API-Key": key})


class TestHouse:
    def test_has_defaults_until_somebody_changes_them(self, house: House) -> None:
        house.query("DELETE FROM accounts_housesettings")

        assert json_of(ask(house)) == {
            "name": "Martelo",
            "sender_name": "Martelo",
            "language": "pt-BR",
            "tone": "warm",
            "winner_naming": "first_and_initial",
            "posts": ["sold"],
            "imprint": [],
        }

    def test_is_returned_as_it_was_last_changed(self, house: House, changed: HttpResponse) -> None:
        assert json_of(changed) == {
            "name": "Casa de Leilões",
            "sender_name": "Leilões",
            "language": "en",
            "tone": "plain",
            "winner_naming": "masked",
            "posts": ["sold", "unsold"],
            "imprint": [],
        }
        assert house.query("SELECT count(*) FROM accounts_housesettings") == [(1,)]

    def test_is_for_services_with_the_scope(self, house: House) -> None:
        other, stranger = ask(house, NOTICES_KEY), ask(house, "svc_agent_guess")

        assert (other.status, slug_of(other)) == (403, "scope-missing")
        assert (stranger.status, slug_of(stranger)) == (401, "not-a-service")
