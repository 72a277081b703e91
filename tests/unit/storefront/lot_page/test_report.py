"""The report on a lot's page, over a fake agent API."""

from typing import Any, Protocol

import pytest
from django.test import Client

from fakes.agent_api import LOT, report
from fakes.auctions_api import FakeHttp, lot

PAGE = f"/leiloes/{LOT}"
REPORT = f"/auction/{LOT}/report"
COMING = "O relatório está sendo escrito."
HOSTILE = (
    "<script>window.__pwned=1</script>\n\n[x](https://mal.example) ![y](https://mal.example/y)"
    "\n\n<img src=x onerror=alert(1)>"
)


class World(Protocol):
    http: FakeHttp


def ended_lot(closed_at: str = "2026-01-31T11:56:00.000Z", **changed: object) -> dict[str, Any]:
    """Return a lot that ended half a minute before the page is asked for."""
    result = {
        "winner": {"name": "B***o"},
        "final_price": "1234.50",
        "sold_by": "bid",
        "closed_at": closed_at,
    }
    ended = {"status": "sold", "active": False, "minimum_bid": None, "result": result}
    return lot(**{**ended, "description": "", "bids": [], "you": None, **changed})


@pytest.fixture
def http(world: World) -> FakeHttp:
    world.http.set("GET", f"/auction/{LOT}", ended_lot())
    world.http.set("GET", REPORT, report())
    return world.http


def fragment(client: Client) -> tuple[int, str]:
    answer = client.get(PAGE, headers={"X-Fragment": "report"})
    return answer.status_code, answer.content.decode()


@pytest.mark.usefixtures("http")
class TestReport:
    def test_appears_on_the_page_of_a_finished_lot(self, client: Client) -> None:
        page = client.get(PAGE).content.decode()

        assert "Bolo de cenoura vendido" in page
        assert "<strong>Bruno L.</strong>" in page
        assert "Escrito em 31 de jan., 09:00 (horário de Brasília) · IA: gemini-2.5-flash" in page

    def test_shows_masked_names_as_the_page_does(self, client: Client, http: FakeHttp) -> None:
        http.set("GET", REPORT, report(summary=r"**A\*\*\*a** passou B\*\*\*o."))

        assert "<strong>A***a</strong> passou B***o." in fragment(client)[1]

    @pytest.mark.parametrize(
        ("changed", "portuguese", "english"),
        [
            ({"model": "m{0}"}, "IA: m{0}", "AI: m{0}"),
            ({"source": "template"}, "modelo fixo (sem IA)", "fixed template (no AI)"),
            (
                {"source": "fallback"},
                "modelo fixo, pois a IA falhou",
                "fixed template, since the AI failed",
            ),
            ({"source": "model", "model": None, "label": "IA"}, "IA", "IA"),
            ({"source": "something new", "label": "coisa nova"}, "coisa nova", "coisa nova"),
        ],
    )
    def test_says_in_the_readers_language_who_wrote_it(
        self, client: Client, http: FakeHttp, changed: dict[str, Any], portuguese: str, english: str
    ) -> None:
        http.set("GET", REPORT, report(**changed))

        assert f"· {portuguese}<" in client.get(PAGE).content.decode()
        page = client.get(PAGE, headers={"Accept-Language": "en"}).content.decode()
        assert f"· {english}<" in page

    @pytest.mark.parametrize(
        ("language", "reader", "mark"),
        [("pt-BR", "pt-BR", ""), ("pt-BR", "en", ' lang="pt-BR"'), ("en", "pt-BR", ' lang="en"')],
    )
    def test_says_what_language_it_is_in_where_that_is_not_the_pages(
        self, client: Client, http: FakeHttp, language: str, reader: str, mark: str
    ) -> None:
        http.set("GET", REPORT, report(language=language))

        page = client.get(PAGE, headers={"Accept-Language": reader}).content.decode()

        assert f'<h2 id="report-title"{mark}>' in page
        assert f'<div class="report-text"{mark}>' in page

    @pytest.mark.parametrize("status", ["open", "scheduled"])
    def test_is_not_asked_for_before_the_end(
        self, client: Client, http: FakeHttp, status: str
    ) -> None:
        http.set("GET", f"/auction/{LOT}", ended_lot(status=status, minimum_bid="1.00"))

        client.get(PAGE)

        assert [call.path for call in http.calls] == [f"/auction/{LOT}"]

    def test_is_announced_while_the_end_is_recent(self, client: Client, http: FakeHttp) -> None:
        http.refuse("GET", REPORT, "report-not-ready", 404)

        assert COMING in client.get(PAGE).content.decode()

        http.set("GET", f"/auction/{LOT}", ended_lot("2026-01-31T10:00:00.000Z"))
        page = client.get(PAGE).content.decode()
        assert COMING not in page
        assert "data-report" not in page

    def test_can_do_nothing_but_be_read(self, client: Client, http: FakeHttp) -> None:
        texts = dict.fromkeys(("title", "summary", "model", "language"), HOSTILE)
        http.set("GET", REPORT, report(**texts))

        page = client.get(PAGE).content.decode()

        assert page.count("&lt;script&gt;window.__pwned=1") == 5
        assert "<script>window" not in page
        assert "<img src=x" not in page
        assert 'href="https://mal' not in page
        assert 'src="https://mal' not in page

    @pytest.mark.parametrize("answer", [{}, {"created_at": "yesterday", "title": None}, []])
    def test_of_an_odd_shape_leaves_the_page_complete(
        self, client: Client, http: FakeHttp, answer: object
    ) -> None:
        http.set("GET", REPORT, answer)

        assert client.get(PAGE).status_code == 200

    def test_is_not_missed_where_the_agent_is_down(self, client: Client, http: FakeHttp) -> None:
        http.answers.pop(("GET", REPORT))

        answer = client.get(PAGE)

        assert answer.status_code == 200
        assert 'data-slot="report"' in answer.content.decode()
        assert "data-report" not in answer.content.decode()


@pytest.mark.usefixtures("http")
class TestFragment:
    def test_is_the_report_alone(self, client: Client, http: FakeHttp) -> None:
        status, text = fragment(client)

        assert (status, text.count("Bolo de cenoura vendido")) == (200, 1)
        assert "<html" not in text
        assert [call.path for call in http.calls] == [REPORT]

    def test_says_that_it_is_being_written(self, client: Client, http: FakeHttp) -> None:
        http.refuse("GET", REPORT, "report-not-ready", 404)

        status, text = fragment(client)

        assert (status, COMING in text) == (200, True)

    def test_is_nothing_where_the_agent_is_down(self, client: Client, http: FakeHttp) -> None:
        http.refuse("GET", REPORT, "agent-unavailable", 503)

        assert fragment(client) == (204, "")

    def test_is_never_taken_for_the_page(self, client: Client) -> None:
        assert "X-Fragment" in client.get(PAGE)["Vary"]
