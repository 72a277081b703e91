"""A lot's end in a full stack: report, e-mails and post, without a model or a mail server."""

from typing import Any

import pytest

from stacks import wait_for
from visitors import Account, House


@pytest.fixture(scope="module")
def lot(ana: Account, bruno: Account) -> str:
    """A lot that Bruno won."""
    lot = str(ana.create(title="Torta de limão", duration_s=5)["id"])
    assert bruno.bid(lot, amount="25.00").status == 201
    return lot


def effects_of(admin: Account, lot: str) -> dict[str, dict[str, Any]] | None:
    """Return the lot's effects by kind, once all are over."""
    items = admin.call("GET", f"/api/agent/effects?auction={lot}").json["items"]
    is_over = len(items) == 4 and all(item["state"] == "done" for item in items)
    return {item["kind"]: item for item in items} if is_over else None


def test_an_end_has_texts_which_stay_in_the_outbox_by_default(
    house: House, admin: Account, lot: str
) -> None:
    before = house.call("GET", f"/auction/{lot}/report")
    assert (before.status, before.slug) == (404, "report-not-ready")

    effects = wait_for(lambda: effects_of(admin, lot), "the lot's effects")

    report = house.call("GET", f"/auction/{lot}/report").json
    assert "Torta de limão" in report["title"]
    assert "R$ 25,00" in report["summary"]
    written_by = (report["source"], report["model"], report["label"], report["language"])
    assert written_by == ("template", None, "modelo fixo (sem IA)", "pt-BR")
    assert report["created_at"].endswith("Z")
    channels = {kind: effect["channel"] for kind, effect in effects.items()}
    assert channels.pop("report") == "site"
    assert set(channels.values()) == {"outbox"}
    assert "Bruno" in effects["email_winner"]["content"]["text"]
    assert f"/leiloes/{lot}" in effects["email_winner"]["content"]["text"]
    assert report["title"] in effects["email_seller"]["content"]["text"]
    assert effects["discord"]["content"]["link"] == f"{house.url}/leiloes/{lot}"
    outbox = admin.call("GET", "/api/agent/outbox").json["items"]
    assert lot in {item["auction_id"] for item in outbox}


def test_the_report_of_a_cancelled_lot_says_who_cancelled_and_why(
    house: House, admin: Account, ana: Account
) -> None:
    lot = str(ana.create(title="Bolo de rolo")["id"])
    cancelled = admin.call("POST", f"/auction/{lot}/cancel", {"reason": "o forno quebrou"})
    assert cancelled.status == 200

    def look() -> dict[str, Any] | None:
        answer = house.call("GET", f"/auction/{lot}/report")
        return dict(answer.json) if answer.status == 200 else None

    report = wait_for(look, "the report")

    assert "o forno quebrou" in report["summary"]
    assert "administração" in report["summary"]


def test_the_contract_is_served_with_the_others(house: House) -> None:
    contract = house.call("GET", "/openapi/agent.json").json

    assert "/auction/{auction_id}/report" in contract["paths"]
    assert "Martelo agent" in house.call("GET", "/docs").body.decode()
