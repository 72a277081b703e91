import pytest

from fakes.agent_api import effect, report
from fakes.auctions_api import FakeHttp, page
from martelo.storefront.clients.agent import AgentClient
from martelo.storefront.clients.auctions import ApiResponse

TOKEN = "t0ken"


@pytest.fixture
def http() -> FakeHttp:
    return FakeHttp()


@pytest.fixture
def hasty() -> FakeHttp:
    return FakeHttp()


@pytest.fixture
def agent(http: FakeHttp, hasty: FakeHttp) -> AgentClient:
    return AgentClient("http://agent/", http, hasty)


class TestReport:
    def test_is_read_with_the_short_deadline_and_without_a_token(
        self, http: FakeHttp, hasty: FakeHttp, agent: AgentClient
    ) -> None:
        hasty.set("GET", "/auction/07-abc/report", report())

        answer = agent.read_report("07-abc")

        assert (answer.status, answer.body) == (200, report())
        assert "Authorization" not in hasty.calls[0].headers
        assert http.calls == []

    def test_keeps_an_id_inside_its_path(self, hasty: FakeHttp, agent: AgentClient) -> None:
        agent.read_report("../api/agent/effects?x=")

        assert hasty.calls[0].path == "/auction/..%2Fapi%2Fagent%2Feffects%3Fx%3D/report"

    def test_is_tried_twice_and_then_given_up(self, hasty: FakeHttp, agent: AgentClient) -> None:
        answer = agent.read_report("07-abc")

        assert len(hasty.calls) == 2
        assert (answer.status, answer.slug) == (503, "agent-unavailable")

    def test_returns_that_there_is_none_yet(self, hasty: FakeHttp, agent: AgentClient) -> None:
        hasty.refuse("GET", "/auction/07-abc/report", "report-not-ready", 404)

        assert agent.read_report("07-abc").slug == "report-not-ready"


class TestLists:
    def test_are_read_with_a_token_and_without_empty_values(
        self, http: FakeHttp, agent: AgentClient
    ) -> None:
        http.set("GET", "/api/agent/effects", page(effect(), next_cursor="11"))
        http.set("GET", "/api/agent/outbox", page())

        effects = agent.list_effects({"state": "unknown,dead", "cursor": ""}, TOKEN)
        outbox = agent.list_outbox({"cursor": "9"}, TOKEN)

        assert (effects.items, effects.next_cursor) == ([effect()], "11")
        assert outbox.items == []
        assert [call.query for call in http.calls] == [{"state": "unknown,dead"}, {"cursor": "9"}]
        assert {call.headers["Authorization"] for call in http.calls} == {f"Bearer {TOKEN}"}


class TestMessage:
    def test_is_what_was_answered_or_why_there_is_none(
        self, http: FakeHttp, agent: AgentClient
    ) -> None:
        http.set("GET", "/api/agent/outbox/12/message", {"as": "sent"})
        http.refuse("GET", "/api/agent/outbox/13/message", "recipient-gone", 409)

        refused, missing = agent.read_message("13", TOKEN), agent.read_message("../14", TOKEN)

        assert agent.read_message("12", TOKEN) == b'{"as":"sent"}'
        assert isinstance(refused, ApiResponse)
        assert isinstance(missing, ApiResponse)
        assert [refused.slug, missing.slug] == ["recipient-gone", "agent-unavailable"]
        assert http.calls[-1].path == "/api/agent/outbox/12/message"


class TestDecisions:
    def test_are_sent_once(self, http: FakeHttp, agent: AgentClient) -> None:
        http.set("POST", "/api/agent/effects/12/resend", effect(state="pending"))

        resent, settled = agent.resend("12", TOKEN), agent.settle("12/../13", TOKEN)

        assert resent.body["state"] == "pending"
        assert (settled.status, settled.slug) == (503, "outcome-unknown")
        paths = ["/api/agent/effects/12/resend", "/api/agent/effects/12%2F..%2F13/settle"]
        assert [call.path for call in http.calls] == paths


class TestWithoutAnAddress:
    def test_says_that_nothing_answers(self, http: FakeHttp, hasty: FakeHttp) -> None:
        agent = AgentClient(None, http, hasty)

        answers = [
            agent.read_report("07-abc"),
            agent.list_effects({}, TOKEN),
            agent.list_outbox({}, TOKEN),
            agent.read_message("12", TOKEN),
            agent.resend("12", TOKEN),
            agent.settle("12", TOKEN),
        ]

        assert {isinstance(answer, ApiResponse) and answer.slug for answer in answers} == {
            "agent-unavailable"
        }
        assert http.calls == hasty.calls == []
