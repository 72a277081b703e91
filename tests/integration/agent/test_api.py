import subprocess
import sys
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from engines.agent import ADMIN, Agent, Process, as_admin, json_of, slug_of
from engines.agent_world import AgentNeighbours
from fakes.ends import BRUNO, LETTER, POST, REPORT, WRITTEN, sold
from martelo.agent.adapters.delivery.discord import payload_of
from martelo.agent.domain.effects import State, Transition
from martelo.agent.domain.facts import Language
from martelo.agent.domain.texts import Kind
from martelo.agent.ports.effects import DeliveryChannel
from martelo.agent.ports.writing import TextSource, Written
from martelo.runtime.http.client import HttpResponse

LABEL = "IA: gemini-2.5-flash"
BY_MODEL = Written(
    REPORT,
    TextSource.MODEL,
    Language.ENGLISH,
    provider="gemini",
    model="gemini-2.5-flash",
    input_tokens=900,
    output_tokens=120,
    cost_micro_usd=570,
    seconds=1.5,
    refusals=("amount",),
)
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
EXAMPLES = [
    ("administrator", 25),
    ("nobody", 5),
    pytest.param("administrator", 200, marks=pytest.mark.full),
]
"""Of each operation; nobody is refused before anything else is looked at."""


class Caller:
    """The API, as an administrator calls it unless another is named."""

    def __init__(self, agent: Agent, api: Process) -> None:
        self._agent = agent
        self._api = api

    def call(self, method: str, path: str, headers: dict[str, str] | None = None) -> HttpResponse:
        sent = as_admin(self._agent.neighbours) if headers is None else headers
        return self._agent.http.send(method, self._api.url + path, headers=sent)

    def get(self, path: str) -> HttpResponse:
        return self.call("GET", path)


@pytest.fixture
def caller(agent: Agent, api: Process) -> Caller:
    return Caller(agent, api)


def park(agent: Agent, auction_id: str | None = None) -> dict[Kind, int]:
    """Leave a report done, a mail in the outbox, a mail waiting, and a post unknown."""
    store = agent.effects()
    store.add_ends([sold(auction_id)])
    claimed = {each.kind: each.claim for each in store.claim(10)}
    store.freeze(claimed[Kind.EMAIL_WINNER], LETTER, WRITTEN, LABEL)
    store.finish(claimed[Kind.EMAIL_WINNER], Transition(State.DONE), "", DeliveryChannel.OUTBOX)
    store.freeze(claimed[Kind.DISCORD], POST, BY_MODEL, LABEL)
    store.begin(claimed[Kind.DISCORD])
    store.finish(claimed[Kind.DISCORD], Transition(State.UNKNOWN), "answer lost", None)
    store.publish(claimed[Kind.REPORT], REPORT, BY_MODEL, LABEL)
    rows = agent.query("SELECT kind, id FROM effect")
    return {Kind(kind): number for kind, number in rows}


class TestReport:
    def test_is_open_to_everybody_once_it_is_written(self, agent: Agent, caller: Caller) -> None:
        park(agent, "07-aaaaaaaaaaaaa")

        answer = caller.call("GET", "/auction/07-aaaaaaaaaaaaa/report", {})

        body = json_of(answer)
        assert body.pop("created_at").endswith("Z")
        assert body == {
            "auction_id": "07-aaaaaaaaaaaaa",
            "source": "model",
            "model": "gemini-2.5-flash",
            "label": LABEL,
            "language": "en",
            "title": REPORT.title,
            "summary": REPORT.summary,
        }

    @pytest.mark.parametrize("auction_id", ["07-bbbbbbbbbbbbb", "x", "%00", "'--", "9" * 500])
    def test_is_not_ready_where_there_is_none(
        self, agent: Agent, caller: Caller, auction_id: str
    ) -> None:
        agent.effects().add_ends([sold("07-bbbbbbbbbbbbb")])

        answer = caller.call("GET", f"/auction/{auction_id}/report", {})

        assert (answer.status, slug_of(answer)) == (404, "report-not-ready")


class TestEffects:
    def test_are_listed_in_full_newest_first(self, agent: Agent, caller: Caller) -> None:
        numbers = park(agent)

        items = json_of(caller.get("/api/agent/effects"))["items"]

        assert [item["id"] for item in items] == sorted(numbers.values(), reverse=True)
        (post,) = [item for item in items if item["kind"] == "discord"]
        assert (post["state"], post["note"], post["label"]) == ("unknown", "answer lost", LABEL)
        assert post["written_by"]["refusals"] == ["amount"]
        assert post["written_by"]["provider"] == "gemini"
        assert post["written_by"]["language"] == "en"
        assert post["content"]["rows"] == [{"name": "Item", "value": "R"}]
        (mail,) = [item for item in items if item["kind"] == "email_winner"]
        assert mail["content"]["subject"] == LETTER.subject
        assert "@" not in str(items)

    def test_are_listed_page_by_page(self, agent: Agent, caller: Caller) -> None:
        agent.effects().add_ends([sold() for _ in range(3)])

        path, seen = "/api/agent/effects?limit=5", []
        while True:
            page = json_of(caller.get(path))
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            path = f"/api/agent/effects?limit=5&cursor={page['next_cursor']}"

        assert len(seen) == 12
        assert seen == sorted(seen, reverse=True)

    def test_are_listed_by_auction_and_state(self, agent: Agent, caller: Caller) -> None:
        park(agent, "07-ccccccccccccc")
        agent.effects().add_ends([sold()])

        parked = json_of(caller.get("/api/agent/effects?state=unknown,dead"))["items"]
        of_one = json_of(caller.get("/api/agent/effects?auction=07-ccccccccccccc"))["items"]

        assert [item["kind"] for item in parked] == ["discord"]
        assert len(of_one) == 4

    @pytest.mark.parametrize("query", ["state=lost", "state=", "limit=0", "cursor=x", "colour=red"])
    def test_are_not_listed_for_an_invalid_query(self, caller: Caller, query: str) -> None:
        answer = caller.get(f"/api/agent/effects?{query}")

        assert (answer.status, slug_of(answer)) == (400, "invalid-request")

    def test_kept_instead_of_sent_are_the_outbox(self, agent: Agent, caller: Caller) -> None:
        park(agent)

        items = json_of(caller.get("/api/agent/outbox"))["items"]

        assert [(item["kind"], item["channel"]) for item in items] == [("email_winner", "outbox")]

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/api/agent/effects"),
            ("GET", "/api/agent/outbox"),
            ("GET", "/api/agent/outbox/1/message"),
            ("POST", "/api/agent/effects/1/resend"),
            ("POST", "/api/agent/effects/1/settle"),
        ],
    )
    def test_are_for_administrators(
        self, agent: Agent, caller: Caller, method: str, path: str
    ) -> None:
        nobody = caller.call(method, path, {})
        buyer = caller.call(method, path, as_admin(agent.neighbours, roles=["buyer"]))

        assert (nobody.status, slug_of(nobody)) == (401, "not-signed-in")
        assert (buyer.status, slug_of(buyer)) == (403, "administrators-only")


def kept_mail(caller: Caller) -> dict[str, Any]:
    (item,) = json_of(caller.get("/api/agent/outbox"))["items"]
    return dict(item["message"])


class TestOutbox:
    def test_shows_an_email_as_it_would_be_sent(self, agent: Agent, caller: Caller) -> None:
        number = park(agent)[Kind.EMAIL_WINNER]

        mail = kept_mail(caller)
        file = caller.get(f"/api/agent/outbox/{number}/message")

        assert mail["sender"] == {"name": "Martelo", "address": "casa@leiloes.example"}
        assert mail["recipient"] == {
            "role": "winner",
            "account_id": BRUNO.id,
            "name": "x",
            "address": f"{BRUNO.id}@x.example",
            "missing": None,
        }
        parts = (mail["subject"], mail["text"], mail["html"])
        assert parts == (LETTER.subject, LETTER.text, LETTER.html)
        assert (file.status, file.headers["content-type"]) == (200, "message/rfc822")
        assert file.body == mail["source"].encode()
        message = message_from_bytes(file.body, policy=default)
        assert message["To"].addresses[0].addr_spec == f"{BRUNO.id}@x.example"
        assert message["Message-ID"] == mail["message_id"]
        assert [part.get_content_type() for part in message.iter_parts()] == [
            "text/plain",
            "text/html",
        ]

    def test_shows_it_without_an_address_where_the_account_is_gone(
        self, agent: Agent, neighbours: AgentNeighbours, caller: Caller
    ) -> None:
        number = park(agent)[Kind.EMAIL_WINNER]
        neighbours.gone.add(BRUNO.id)

        mail = kept_mail(caller)
        file = caller.get(f"/api/agent/outbox/{number}/message")

        recipient = mail["recipient"]
        assert (recipient["name"], recipient["address"], recipient["missing"]) == (
            None,
            None,
            "account-gone",
        )
        assert (mail["message_id"], mail["source"], mail["html"]) == (None, None, LETTER.html)
        assert (file.status, slug_of(file)) == (409, "recipient-gone")

    def test_shows_it_without_an_address_where_accounts_do_not_answer(
        self, agent: Agent, neighbours: AgentNeighbours, caller: Caller
    ) -> None:
        number = park(agent)[Kind.EMAIL_WINNER]
        neighbours.is_down = True

        mail = kept_mail(caller)
        file = caller.get(f"/api/agent/outbox/{number}/message")
        neighbours.is_down = False

        assert mail["recipient"]["missing"] == "accounts-unavailable"
        assert (mail["text"], mail["source"]) == (LETTER.text, None)
        assert (file.status, slug_of(file)) == (503, "recipient-unavailable")
        assert kept_mail(caller)["recipient"]["missing"] is None

    def test_keeps_no_address(self, agent: Agent, caller: Caller) -> None:
        park(agent)
        kept_mail(caller)

        rows = agent.query(
            "SELECT effect::text, report::text FROM effect JOIN report USING (event_id)"
        )
        assert "@" not in str(rows)

    def test_shows_a_post_as_discord_would_be_given_it(self, agent: Agent, caller: Caller) -> None:
        number = park(agent)[Kind.DISCORD]
        agent.query("UPDATE effect SET state = 'done', channel = 'outbox' WHERE id = %s", number)

        items = json_of(caller.get("/api/agent/outbox"))["items"]
        file = caller.get(f"/api/agent/outbox/{number}/message")

        messages = {item["kind"]: item["message"] for item in items}
        assert messages["discord"] == {"type": "post", "payload": payload_of(POST)}
        assert (file.status, slug_of(file)) == (404, "message-not-kept")

    def test_says_when_a_text_was_forgotten(self, agent: Agent, caller: Caller) -> None:
        number = park(agent)[Kind.EMAIL_WINNER]
        agent.query("UPDATE effect SET changed_at = now() - interval '2 days'")

        assert agent.effects().forget(timedelta(days=1), 10) == 1

        (item,) = json_of(caller.get("/api/agent/outbox"))["items"]
        file = caller.get(f"/api/agent/outbox/{number}/message")
        assert item["forgotten_at"].endswith("Z")
        assert (item["content"], item["message"], item["label"]) == (None, None, LABEL)
        assert (file.status, slug_of(file)) == (404, "message-not-kept")

    @pytest.mark.parametrize("number", ["0", "999999999", "9999999999", "x", "-1"])
    def test_has_no_file_of_what_is_not_there(self, caller: Caller, number: str) -> None:
        answer = caller.get(f"/api/agent/outbox/{number}/message")

        assert (answer.status, slug_of(answer)) == (404, "message-not-kept")


class TestResend:
    def test_has_it_tried_again_as_it_is_frozen(self, agent: Agent, caller: Caller) -> None:
        number = park(agent)[Kind.DISCORD]

        answer = caller.call("POST", f"/api/agent/effects/{number}/resend")

        body = json_of(answer)
        assert (answer.status, body["state"], body["attempts"]) == (200, "pending", 0)
        assert [(i["action"], i["account_id"]) for i in body["interventions"]] == [
            ("resend", ADMIN)
        ]
        again = {each.claim.id: each for each in agent.effects().claim(10)}[number]
        assert (again.frozen, again.was_in_flight) == (POST, False)

    def test_is_refused_for_what_is_not_parked(self, agent: Agent, caller: Caller) -> None:
        number = park(agent)[Kind.EMAIL_WINNER]

        for action in ("resend", "settle"):
            answer = caller.call("POST", f"/api/agent/effects/{number}/{action}")
            assert (answer.status, slug_of(answer)) == (409, "effect-not-parked")
            assert json_of(answer)["effect_state"] == "done"

    @pytest.mark.parametrize("number", ["0", "999999999", "9999999999", "x", "-1", "\u0661"])
    def test_does_not_find_what_is_not_there(self, caller: Caller, number: str) -> None:
        answer = caller.call("POST", f"/api/agent/effects/{number}/resend")

        assert (answer.status, slug_of(answer)) == (404, "effect-not-found")


class TestSettle:
    def test_says_that_it_is_there_already(self, agent: Agent, caller: Caller) -> None:
        number = park(agent)[Kind.DISCORD]

        body = json_of(caller.call("POST", f"/api/agent/effects/{number}/settle"))

        assert body["state"] == "done"
        assert body["interventions"][0]["action"] == "settle"

    def test_cannot_put_a_report_on_the_page(self, agent: Agent, caller: Caller) -> None:
        store = agent.effects()
        store.add_ends([sold()])
        report = store.claim(1)[0]
        store.finish(report.claim, Transition(State.DEAD), "gave up", None)

        answer = caller.call("POST", f"/api/agent/effects/{report.claim.id}/settle")

        assert (answer.status, slug_of(answer)) == (409, "effect-not-parked")


class TestContract:
    @pytest.mark.slow
    @pytest.mark.parametrize(("who", "examples"), EXAMPLES)
    def test_is_kept_whatever_is_sent(
        self, agent: Agent, api: Process, tmp_path: Path, who: str, examples: int
    ) -> None:
        park(agent)
        headers = as_admin(agent.neighbours) if who == "administrator" else {"Authorization": "x"}

        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json"),
                *("--header", f"Authorization: {headers['Authorization']}"),
                *("--checks", ",".join(CHECKS), "--max-examples", str(examples)),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=3_600,
            check=False,
        )

        assert run.returncode == 0, run.stdout[-6000:]
