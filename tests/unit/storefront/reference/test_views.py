import json
import re
from typing import Protocol

import pytest
from django.template import loader
from django.test import Client

from martelo.accounts.api.problems import PROBLEMS
from martelo.auctions.wire.problems import PROBLEMS as AUCTIONS_PROBLEMS

PAGES = ["/", "/leiloes", "/status", "/docs", "/problems", "/problems/bid-too-low", "/nada"]


class World(Protocol):
    is_database_up: bool
    is_auctions_up: bool
    is_feed_ready: bool


def states(client: Client) -> list[tuple[str, str]]:
    """Return the state and the name of each part that `/status` shows."""
    page = client.get("/status").content.decode()
    return re.findall(r'<p class="state (\w+)">.*?<h3>([^<]+)</h3>', page, re.DOTALL)


class TestStatus:
    def test_speaks_portuguese_unless_asked_for_english(self, client: Client) -> None:
        portuguese = client.get("/status").content.decode()
        english = client.get("/status", headers={"Accept-Language": "en-GB"}).content.decode()
        other = client.get("/status", headers={"Accept-Language": "fi"}).content.decode()

        assert ("O que está no ar" in portuguese) is True
        assert ('<html lang="pt-br"' in portuguese) is True
        assert ("What runs here" in english) is True
        assert ("O que está no ar" in other) is True

    def test_says_how_each_part_is(self, client: Client) -> None:
        assert states(client) == [
            ("ready", "Leilões"),
            ("ready", "Canal ao vivo"),
            ("degraded", "Fotos"),
            ("unreachable", "Agente"),
            ("ready", "Contas"),
        ]

    def test_says_what_is_away(self, client: Client, world: World) -> None:
        world.is_auctions_up = world.is_feed_ready = False

        assert states(client)[:2] == [("unreachable", "Leilões"), ("degraded", "Canal ao vivo")]

    def test_is_there_without_a_database(self, client: Client, world: World) -> None:
        world.is_database_up = False

        answer = client.get("/status")

        assert answer.status_code == 200
        assert states(client)[-1] == ("degraded", "Contas")


class TestDocs:
    def test_shows_every_context(self, client: Client) -> None:
        page = client.get("/docs").content.decode()

        assert "/api/auth/register" in page
        assert "Martelo auctions" in page

    def test_shows_what_is_said_over_the_live_feed(self, client: Client) -> None:
        page = client.get("/docs").content.decode()

        assert 'href="/asyncapi/auctions.json"' in page
        for message in ("subscribe", "bid", "placed", "snapshot", "bidPlaced", "closed"):
            assert f'id="live-{message}"' in page
        english = client.get("/docs", headers={"Accept-Language": "en"}).content.decode()
        assert re.search(r">cliente\s*</span>", page)
        assert re.search(r">house\s*</span>", english)

    def test_says_what_cannot_be_shown(self, client: Client) -> None:
        assert client is not None
        page = loader.render_to_string("reference/docs_body.html", {"contexts": [], "live": None})

        assert "does not answer at the moment" in page


class TestProblemType:
    def test_tells_what_it_means_and_what_to_do_in_the_readers_language(
        self, client: Client
    ) -> None:
        portuguese = client.get("/problems/bid-too-low").content.decode()
        answer = client.get("/problems/bid-too-low", headers={"Accept-Language": "en"})
        english = answer.content.decode()

        assert answer.status_code == 200
        assert "O valor está abaixo do lance mínimo." in portuguese
        assert "Dê <code>minimum_bid</code> ou mais." in portuguese
        assert "The amount is below the minimum bid." in english
        assert "Bid <code>minimum_bid</code> or more." in english
        assert '<span class="status s4">409</span>' in english

    @pytest.mark.parametrize("path", ["/problems/nobody-knows", "/problems/", "/problems/a/b"])
    def test_is_nowhere_where_there_is_none(self, client: Client, path: str) -> None:
        answer = client.get(path, headers={"Accept-Language": "en"})

        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()


class TestProblemsDocument:
    def test_merges_the_problems_of_all_contexts(self, client: Client) -> None:
        found = json.loads(client.get("/problems.json").content)

        assert {"email-taken", "bid-too-low", "not-found"} <= found["problem_types"].keys()
        assert found["unavailable_contexts"] == []


class TestProblemTypes:
    def test_lead_to_the_page_of_each(self, client: Client) -> None:
        page = client.get("/problems").content.decode()
        paths = re.findall(r'href="(/problems/[^"]+)"', page)

        assert len(paths) == len({*PROBLEMS.types, *AUCTIONS_PROBLEMS.own})
        for path in paths:
            assert client.get(path).status_code == 200, path

    def test_are_reached_from_the_documentation(self, client: Client) -> None:
        page = client.get("/docs").content.decode()
        paths = set(re.findall(r'href="(/problems[^"]*)"', page))

        assert paths == {"/problems"}
        for path in paths:
            assert client.get(path).status_code == 200, path


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_loads_nothing_from_other_hosts_and_holds_nothing_inline(
        self, client: Client, path: str
    ) -> None:
        page = client.get(path).content.decode()

        for address in re.findall(r'(?:src|href|action)="([^"]*)"', page):
            assert re.match(r"[/#](?!/)", address), address
        for script in re.findall(r"<script[^>]*>[^<]*", page):
            is_map = script.startswith('<script type="importmap">{"imports":{"/static/')
            assert is_map or re.fullmatch(r'<script type="module" src="/static/[^"]+">', script)
        assert page.count("<style") == 0
        assert not re.search(r"\s(style|on\w+)=", page)


class TestProbes:
    def test_say_that_the_process_lives_whatever_else(self, client: Client, world: World) -> None:
        world.is_database_up = False

        assert client.get("/healthz").status_code == 200

    def test_say_when_accounts_can_be_served(self, client: Client, world: World) -> None:
        assert json.loads(client.get("/readyz").content) == {"status": "ready"}

        world.is_database_up = False
        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert json.loads(answer.content)["missing"] == ["postgresql"]

    def test_count_by_route_and_never_by_id(self, client: Client) -> None:
        client.delete("/api/auth/keys/secretprefix")

        counted = client.get("/metrics").content.decode()

        assert 'route="/api/auth/keys/<prefix>"' in counted
        assert "secretprefix" not in counted


class TestJwks:
    def test_needs_no_database(self, client: Client, world: World) -> None:
        world.is_database_up = False

        answer = client.get("/.well-known/jwks.json")

        assert answer.status_code == 200
        assert json.loads(answer.content)["keys"][0]["kid"] == "k1"
