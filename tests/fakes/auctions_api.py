"""auctions-api as the storefront calls it: answers set by a test, and the requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from martelo.runtime.http.client import HttpFailed, HttpResponse


@dataclass(frozen=True)
class Call:
    """One request: its method, path, query, headers and JSON body."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    content: bytes


@dataclass
class FakeHttp:
    """Answers by method and path; what no answer is set for fails, as a dead process does."""

    answers: dict[tuple[str, str], tuple[int, object]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def set(self, method: str, path: str, body: object, status: int = 200) -> None:
        """Answer a method and path from now on."""
        self.answers[method, path] = (status, body)

    def refuse(self, method: str, path: str, slug: str, status: int, **fields: object) -> None:
        """Answer with a problem from now on."""
        self.set(method, path, {"type": f"/problems/{slug}", "status": status, **fields}, status)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        """Answer one request."""
        parts = urlsplit(url)
        is_json = (headers or {}).get("Content-Type") == "application/json"
        body = orjson.loads(content) if content and is_json else None
        query = dict(parse_qsl(parts.query))
        self.calls.append(
            Call(method, parts.path, query, dict(headers or {}), body, content or b"")
        )
        found = self.answers.get((method, parts.path))
        if found is None:
            raise HttpFailed("refused")
        status, answer = found
        content_sent = answer if isinstance(answer, bytes) else orjson.dumps(answer)
        return HttpResponse(status, {}, content_sent)


def lot(**changed: object) -> dict[str, Any]:
    """Return an open lot in short form."""
    return {
        "id": "07-6k9m2v4t8q1xz",
        "title": "Bolo de cenoura",
        "category": "bolos",
        "images": [],
        "product_id": None,
        "seller": {"id": "11111111-1111-4111-8111-111111111111", "name": "Ana Souza"},
        "status": "open",
        "active": True,
        "starting_price": "40.00",
        "current_price": "1234.50",
        "minimum_bid": "1259.50",
        "min_increment": None,
        "bid_count": 7,
        "leader": {"name": "B***o", "number": 2},
        "reserve_met": None,
        "buy_now_price": None,
        "soft_close_window_s": 120,
        "soft_close_cap_s": 1800,
        "created_at": "2026-01-31T10:00:00.000Z",
        "starts_at": "2026-01-31T10:00:00.000Z",
        "ends_at": "2026-01-31T12:00:00.000Z",
        "server_time": "2026-01-31T11:56:30.000Z",
        "seq": 9,
        "viewers": 3,
        **changed,
    }


def page(*items: dict[str, Any], next_cursor: str | None = None) -> dict[str, Any]:
    """Return a list's page."""
    return {"items": list(items), "next_cursor": next_cursor}
