"""The house over HTTP, through its gateway, as any program sees it."""

import hashlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson

from martelo.demo.domain.lots import Lot
from martelo.demo.domain.planning import Plan
from martelo.demo.ports import DemoSession, Draft, NotDone, Page
from martelo.kernel.instants import format_instant, parse_instant
from martelo.kernel.money import format_amount, parse_amount
from martelo.runtime.http.client import Http, HttpFailed, HttpResponse

PAGE = 100
WAIT_S = 2.0
"""How long to wait where the answer does not say."""

NO_ANSWER = "no-answer"

Fields = Mapping[str, Any]


class HttpHouse:
    """Calls the APIs of a house at `url`; `clock` is monotonic, in seconds."""

    def __init__(self, http: Http, url: str, clock: Callable[[], float]) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._clock = clock

    def register(self, email: str, password: str, name: str) -> None:
        """Make an account."""
        self._post("/api/auth/register", {"email": email, "password": password, "name": name})

    def sign_in(self, email: str, password: str) -> DemoSession:
        """Sign in."""
        tokens = self._post("/api/auth/token", {"email": email, "password": password})
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        account = self._call("GET", "/api/auth/me", bearer)
        return self._session(account["account_id"], tokens)

    def renew(self, session: DemoSession) -> DemoSession:
        """Exchange a session for its next one."""
        tokens = self._post("/api/auth/refresh", {"refresh_token": session.refresh_token})
        return self._session(session.account_id, tokens)

    def list_lots(self, status: str, cursor: str | None = None) -> Page:
        """Return a page of everybody's lots."""
        return self._page("/view-auctions", {"status": status}, cursor, {})

    def list_own_lots(self, session: DemoSession, cursor: str | None = None) -> Page:
        """Return a page of somebody's own lots, the newest first."""
        return self._page("/my/auctions", {}, cursor, _bearer(session))

    def upload(self, session: DemoSession, picture: bytes) -> str:
        """Store a picture and return its id, the same id each time."""
        headers = {
            **_bearer(session),
            "Content-Type": "image/webp",
            "Idempotency-Key": hashlib.sha256(picture).hexdigest(),
        }
        image_id: str = self._call("POST", "/api/images", headers, picture)["image_id"]
        return image_id

    def create(self, session: DemoSession, draft: Draft, key: str) -> str:
        """Create a lot and return its id."""
        headers = {**_bearer(session), "Idempotency-Key": key}
        auction_id: str = self._post("/create-auction", _draft_to_wire(draft), headers)["id"]
        return auction_id

    def is_leading(self, session: DemoSession, auction_id: str) -> bool:
        """Return whether somebody has the leading bid."""
        you = self._call("GET", f"/auction/{auction_id}", _bearer(session)).get("you")
        return you is not None and bool(you["leading"])

    def place_bid(self, session: DemoSession, plan: Plan, key: str) -> None:
        """Place a bid."""
        amounts = {"amount": plan.amount_cents, "max_amount": plan.max_cents}
        body = {n: format_amount(cents) for n, cents in amounts.items() if cents is not None}
        headers = {**_bearer(session), "Idempotency-Key": key}
        self._post("/place-bid", {"auction_id": plan.auction_id, **body}, headers)

    def _session(self, account_id: str, tokens: Fields) -> DemoSession:
        good_until_s = self._clock() + tokens["expires_in"]
        return DemoSession(
            account_id, tokens["access_token"], tokens["refresh_token"], good_until_s
        )

    def _page(
        self, path: str, query: Mapping[str, str], cursor: str | None, headers: Mapping[str, str]
    ) -> Page:
        parameters = {**query, "limit": str(PAGE), **({} if cursor is None else {"cursor": cursor})}
        page = self._call("GET", f"{path}?{urlencode(parameters)}", headers)
        return Page([_lot_from_wire(item) for item in page["items"]], page["next_cursor"])

    def _post(self, path: str, body: Fields, headers: Mapping[str, str] | None = None) -> Fields:
        typed = {"Content-Type": "application/json", **(headers or {})}
        return self._call("POST", path, typed, orjson.dumps(body))

    def _call(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> Fields:
        sent = {"Accept": "application/json", **headers}
        try:
            answer = self._http.send(method, self._url + path, headers=sent, content=content)
        except HttpFailed as error:
            raise NotDone(0, NO_ANSWER, WAIT_S) from error
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            raise NotDone(answer.status, _slug_of(answer), _wait_of(answer))
        fields: Fields = orjson.loads(answer.body)
        return fields


def _bearer(session: DemoSession) -> dict[str, str]:
    return {"Authorization": f"Bearer {session.access_token}"}


def _slug_of(answer: HttpResponse) -> str:
    try:
        problem = orjson.loads(answer.body)
        return str(problem["type"]).rpartition("/")[2]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return "unknown"


def _wait_of(answer: HttpResponse) -> float:
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else WAIT_S


def _draft_to_wire(draft: Draft) -> Fields:
    offer = draft.offer
    prices = {
        "starting_price": offer.starting_cents,
        "reserve_price": offer.reserve_cents,
        "buy_now_price": offer.buy_now_cents,
    }
    start = draft.starts_at_ms
    return {
        "title": offer.title,
        "description": offer.description,
        "category": offer.category,
        "duration_s": draft.duration_s,
        **({} if start is None else {"starts_at": format_instant(start)}),
        **{name: format_amount(cents) for name, cents in prices.items() if cents is not None},
        **({"image_ids": list(draft.image_ids)} if draft.image_ids else {}),
    }


def _lot_from_wire(item: Fields) -> Lot:
    minimum = item["minimum_bid"]
    return Lot(
        id=item["id"],
        title=item["title"],
        seller_id=item["seller"]["id"],
        status=item["status"],
        minimum_cents=None if minimum is None else parse_amount(minimum),
        is_buyable=item["buy_now_price"] is not None and item["bid_count"] == 0,
        image_ids=tuple(image["id"] for image in item["images"]),
        starts_at_ms=_instant(item["starts_at"]),
        ends_at_ms=_instant(item["result"]["closed_at"] if "result" in item else item["ends_at"]),
        now_ms=_instant(item["server_time"]),
    )


def _instant(text: str) -> int:
    at_ms = parse_instant(text)
    if at_ms is None:
        raise ValueError(f"not an instant: {text!r}")
    return at_ms
