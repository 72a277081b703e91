"""The rules' vectors over HTTP, each up to its first timed step."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from martelo.kernel.instants import parse_instant
from visitors import Account, House, PageResponse

VECTORS_FILE = Path(__file__).parents[1] / "conformance/auctions/auction-vectors.json"
VECTORS = json.loads(VECTORS_FILE.read_text("utf-8"))
SHOWN = ("status", "current_price", "minimum_bid", "reserve_met", "bid_count", "seq")
DRAFT_FIELDS = ("min_increment", "reserve_price", "buy_now_price")
AMOUNT_FIELDS: tuple[str, ...] = ("amount", "max_amount", "confirm_amount")
WINDOW_FIELDS = ("soft_close_window_s", "soft_close_cap_s")
Step = dict[str, Any]


class Play:
    """A scenario played through the API."""

    def __init__(self, people: dict[str, Account], house: House) -> None:
        self._people = people
        self._house = house
        self._began = datetime.now(UTC)
        self._numbers: dict[str, int] = {}
        self._voided: set[int] = set()
        self.auction_id = ""

    def play(self, step: Step) -> PageResponse:
        by = self._people["root" if step.get("admin") else step["by"]]
        key: dict[str, str] = {}
        if "key" in step:
            key["Idempotency_Key"] = step["key"]
        target = f"/auction/{self.auction_id}"
        match step["do"]:
            case "create":
                answer = by.call("POST", "/create-auction", self._draft(step), **key)
                self.auction_id = answer.json["id"]
                return answer
            case "bid":
                amounts = {name: step[name] for name in AMOUNT_FIELDS if name in step}
                return by.call(
                    "POST", "/place-bid", {"auction_id": self.auction_id, **amounts}, **key
                )
            case "buy_now":
                return by.call("POST", f"{target}/buy-now", {}, **key)
            case "cancel":
                return by.call("POST", f"{target}/cancel", {"reason": "quebrou"}, **key)
            case "extend":
                change = {"minutes": step["minutes"], "reason": "queda"}
                return by.call("POST", f"{target}/extend", change, **key)
            case "void":
                voiding = {"number": step["number"], "reason": "conta falsa"}
                return by.call("POST", f"{target}/void-bids", voiding, **key)
        raise AssertionError(step["do"])

    def check_answer(self, step: Step, answer: PageResponse) -> None:
        expect = step["expect"]
        outcome = answer.slug
        if outcome is None:
            done = {
                "create": "created",
                "cancel": "cancelled",
                "extend": "extended",
                "void": "voided",
            }
            outcome = done.get(step["do"]) or answer.json["outcome"]
        assert outcome == expect["outcome"]
        assert answer.headers.get("idempotent-replay") == (
            "true" if expect.get("replayed") else None
        )
        if outcome == "voided":
            self._voided.add(step["number"])
        if outcome == "bid-too-low":
            assert answer.json["minimum_bid"] == expect["minimum_bid"]
        if outcome == "ceiling-too-low":
            assert answer.json["least_ceiling"] == expect["least_ceiling"]
        if outcome == "amount-needs-confirmation":
            assert answer.json["amount"] == expect["amount"]
            assert answer.json["minimum_bid"] == expect["minimum_bid"]
        if "answered_price" in expect:
            assert answer.json["current_price"] == expect["answered_price"]
        if step["do"] == "bid" and outcome in {"leading", "outbid"}:
            number = self._numbers.setdefault(step["by"], len(self._numbers) + 1)
            assert answer.json["number"] == number
        if step["do"] == "buy_now" and outcome == "bought":
            self._numbers.setdefault(step["by"], len(self._numbers) + 1)

    def check_state(self, expect: Step) -> None:
        """Check that the public state is the vector's, and that only its owner sees a ceiling."""
        read = self._house.read(self.auction_id)
        # The vectors have the stored status; before its start a lot is shown as scheduled.
        read["status"] = read["status"].replace("scheduled", "open")
        assert {name: read[name] for name in SHOWN} == {name: expect[name] for name in SHOWN}
        leader = None if expect["leader"] is None else self._numbers[expect["leader"]]
        assert (read["leader"] and read["leader"]["number"]) == leader
        if "ends_at" in expect:
            assert parse_instant(read["ends_at"]) == parse_instant(self._instant(expect["ends_at"]))
        for name, number in self._numbers.items():
            own = self._people[name].call("GET", f"/auction/{self.auction_id}").json["you"]
            ceiling = expect["ceiling"] if name == expect["leader"] else None
            assert own == {
                "number": number,
                "leading": number == leader,
                "max_amount": ceiling,
                "voided": number in self._voided,
            }

    def check_ledger(self) -> None:
        entries = self._house.ledger(self.auction_id)
        assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))

    def _draft(self, step: Step) -> dict[str, object]:
        windows = {name: step[name] for name in WINDOW_FIELDS if step.get(name) is not None}
        prices = {name: step[name] for name in DRAFT_FIELDS if name in step}
        instants = {
            name: self._instant(step[name])
            for name in ("starts_at", "ends_at")
            if step.get(name) is not None
        }
        title = step.get("title", "Um lote")
        return {
            "title": title,
            "starting_price": step["starting_price"],
            **prices,
            **windows,
            **instants,
        }

    def _instant(self, at_ms: int) -> str:
        instant = self._began + timedelta(milliseconds=at_ms)
        return instant.isoformat(timespec="milliseconds")


@pytest.fixture(scope="module")
def people(house: House) -> dict[str, Account]:
    names = {step["by"] for s in VECTORS["scenarios"] for step in s["steps"] if "by" in step}
    admins = {step["by"] for s in VECTORS["scenarios"] for step in s["steps"] if step.get("admin")}
    assert admins == {"root"}
    people = {name: house.register(name.capitalize()) for name in sorted(names - admins)}
    return people | {"root": house.register_admin("Root")}


@pytest.mark.parametrize("scenario", VECTORS["scenarios"], ids=lambda s: s["name"])
def test_scenario(house: House, people: dict[str, Account], scenario: dict[str, Any]) -> None:
    play = Play(people, house)
    untimed = list(itertools.takewhile(lambda step: not step.get("timed"), scenario["steps"]))
    assert untimed

    for step in untimed:
        answer = play.play(step)

        play.check_answer(step, answer)
        play.check_state(step["expect"])
    play.check_ledger()


@pytest.mark.parametrize("vector", VECTORS["amounts"], ids=lambda v: v["json"])
def test_amount(house: House, people: dict[str, Account], vector: dict[str, Any]) -> None:
    body = f'{{"title": "Um lote", "duration_s": 60, "starting_price": {vector["json"]}}}'

    answer = people["sol"].call("POST", "/create-auction", body.encode())

    if vector["cents"] is None:
        assert (answer.status, answer.slug) == (400, "invalid-auction")
        assert {error["field"] for error in answer.json["errors"]} == {"starting_price"}
    else:
        reais, cents = divmod(vector["cents"], 100)
        assert answer.status == 201
        assert house.read(answer.json["id"])["starting_price"] == f"{reais}.{cents:02}"
