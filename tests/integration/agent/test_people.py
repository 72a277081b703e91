"""One person's texts: exported, and erased; and ends that were stored with names."""

import hashlib
from typing import Any
from unittest.mock import Mock

import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from engines.agent import Agent
from fakes.ends import BRUNO, LETTER, POST, WRITTEN, sold, unsold
from martelo.agent.adapters.effects.migrate import FOLDER
from martelo.agent.adapters.effects.sql_people import SqlPeople
from martelo.agent.api.routes import Dependencies
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.main.api import build_app
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.service_keys import ServiceCaller
from martelo.runtime.postgresql.migrations import migrate

KEY = "svc_accounts_secret"
NAMED = Report("Relógio de Bruno Lima", "**Bruno L.** levou o relógio.")


@pytest.fixture
def api(agent: Agent) -> FlaskClient:
    deps = Mock(spec=Dependencies)
    deps.people = SqlPeople(agent.engine)
    caller = ServiceCaller(
        sha256=hashlib.sha256(KEY.encode()).hexdigest(), scopes=frozenset({"people:manage"})
    )
    deps.service_callers = {"accounts": caller}
    return build_app(deps, HttpMetrics(CollectorRegistry())).test_client()


def call(api: FlaskClient, method: str) -> tuple[int, Any]:
    answer = api.open(f"/internal/people/{BRUNO.id}", method=method, headers={"X-API-Key": KEY})
    return answer.status_code, answer.json


def write_all(agent: Agent) -> None:
    """Write every text about a lot that Bruno won, and one about another's lot."""
    store = agent.effects()
    store.add_ends([sold("07-0000000000001"), unsold("07-0000000000002")])
    for each in store.claim(10):
        match each.kind:
            case Kind.REPORT:
                store.publish(each.claim, NAMED, WRITTEN, "x")
            case Kind.DISCORD:
                store.freeze(each.claim, POST, WRITTEN, "x")
            case _:
                store.freeze(each.claim, LETTER, WRITTEN, "x")


def stored(agent: Agent) -> str:
    rows = agent.query(
        "SELECT to_jsonb(e)::text FROM effect e WHERE auction_id = '07-0000000000001'"
    )
    rows += agent.query(
        "SELECT to_jsonb(r)::text FROM report r WHERE auction_id = '07-0000000000001'"
    )
    return str(rows)


def test_exports_the_texts_about_what_a_person_won(agent: Agent, api: FlaskClient) -> None:
    write_all(agent)

    status, found = call(api, "GET")

    assert status == 200
    assert {each["auction_id"] for each in found["texts"]} == {"07-0000000000001"}
    assert [each["kind"] for each in found["texts"]] == ["report", "email_winner", "discord"]
    assert found["texts"][0]["content"]["title"] == NAMED.title
    assert found["obligations"] == []


def test_erases_them_and_leaves_a_report_without_names(agent: Agent, api: FlaskClient) -> None:
    write_all(agent)
    assert "Bruno" in stored(agent)

    answers = [call(api, "DELETE")[0] for _ in range(2)]

    assert answers == [204, 204]
    assert "Bruno" not in stored(agent)
    [(title, summary)] = agent.query(
        "SELECT title, summary FROM report WHERE auction_id = '07-0000000000001'"
    )
    assert title == "Leilão encerrado: “Relógio de parede”"
    assert summary.startswith(
        "“Relógio de parede” foi vendido por R$ 150,00, com 4 lances, em 31 de"
    )
    [(other,)] = agent.query("SELECT title FROM report WHERE auction_id = '07-0000000000002'")
    assert other == NAMED.title
    assert [each["kind"] for each in call(api, "GET")[1]["texts"]] == ["report"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_is_for_services_with_the_scope(api: FlaskClient, method: str) -> None:
    assert api.open(f"/internal/people/{BRUNO.id}", method=method).status_code == 401


def test_stored_ends_lose_their_names(agent: Agent) -> None:
    agent.effects().add_ends([sold("07-0000000000001"), unsold("07-0000000000002")])
    agent.query(
        "UPDATE report SET event = jsonb_set(event, '{seller,name}', '\"Ana\"')"
        " WHERE auction_id = '07-0000000000002'"
    )
    agent.query(
        "UPDATE report SET event = jsonb_set(jsonb_set(event, '{seller,name}', '\"Ana\"'),"
        " '{winner,name}', '\"Bruno\"') WHERE auction_id = '07-0000000000001'"
    )
    agent.query("UPDATE alembic_version SET version_num = '0004'")

    migrate(FOLDER, agent.owner_url, agent.environment["DATABASE_URL"], application="test")

    rows = agent.query(
        "SELECT event -> 'winner', event -> 'seller' FROM report ORDER BY auction_id"
    )
    assert [(winner, list(seller)) for winner, seller in rows] == [
        ({"id": BRUNO.id}, ["id"]),
        (None, ["id"]),
    ]
