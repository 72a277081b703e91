"""The auctions API, as the pages call it: thin, with deadlines, and every refusal as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import structlog

from martelo.runtime.http.client import Http, HttpFailed, HttpResponse

log = structlog.get_logger(__name__)

Json = dict[str, Any]

GET_TRIES = 2
UNAVAILABLE = "unavailable"
OUTCOME_UNKNOWN = "outcome-unknown"


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What the API said: its status, and the JSON object it sent, a problem where it refused."""

    status: int
    body: Json = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Return whether it did what was requested."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def slug(self) -> str:
        """Return the problem's slug; empty where there is none."""
        return "" if self.is_good else str(self.body.get("type", "")).rpartition("/")[2]

    @property
    def errors(self) -> dict[str, Json]:
        """Return the first error of each invalid field: its code and bounds."""
        errors: dict[str, Json] = {}
        for error in self.body.get("errors", ()):
            errors.setdefault(str(error.get("field", "")), error)
        return errors

    @property
    def items(self) -> list[Json]:
        """Return the items of a list; none where it could not be had."""
        return list(self.body.get("items", ())) if self.is_good else []

    @property
    def next_cursor(self) -> str | None:
        """Return where a list's next page begins."""
        cursor = self.body.get("next_cursor")
        return None if cursor is None else str(cursor)


class AuctionsClient:
    """Calls auctions-api on behalf of a person, whose access token is an argument, or of nobody.

    `http` states the deadlines. A GET that got no complete answer is sent once more; anything else
    is sent once, and its caller repeats it with the same key.
    """

    def __init__(self, url: str | None, http: Http) -> None:
        self._url = url.rstrip("/") if url else None
        self._http = http

    def list_auctions(self, query: Mapping[str, str]) -> ApiResponse:
        """Return a page of `GET /view-auctions`; empty values are left out."""
        return self._get("/view-auctions", query)

    def read_auction(self, auction_id: str, token: str | None = None) -> ApiResponse:
        """Return an auction, with `you` and the seller's own fields where `token` is given."""
        return self._get(_auction(auction_id), token=token)

    def list_bids(self, auction_id: str, query: Mapping[str, str]) -> ApiResponse:
        """Return a page of an auction's bids, newest first."""
        return self._get(f"{_auction(auction_id)}/bids", query)

    def list_own_bids(self, token: str, query: Mapping[str, str]) -> ApiResponse:
        """Return a page of the auctions a person has bid in."""
        return self._get("/my/bids", query, token=token)

    def list_own_auctions(self, token: str, query: Mapping[str, str]) -> ApiResponse:
        """Return a page of a person's own auctions."""
        return self._get("/my/auctions", query, token=token)

    def create_auction(self, draft: Json, token: str, key: str) -> ApiResponse:
        """Create an auction; `key` makes a repetition meet the same one."""
        return self._send("POST", "/create-auction", draft, token, key)

    def edit_auction(self, auction_id: str, change: Json, token: str) -> ApiResponse:
        """Change an auction's texts and pictures; repeated, it is the same."""
        return self._send("PATCH", _auction(auction_id), change, token)

    def cancel_auction(self, auction_id: str, reason: str, token: str, key: str) -> ApiResponse:
        """Cancel an auction; an empty reason is none."""
        body = {"reason": reason} if reason else {}
        return self._send("POST", f"{_auction(auction_id)}/cancel", body, token, key)

    def extend_auction(self, auction_id: str, change: Json, token: str, key: str) -> ApiResponse:
        """Move an auction's end: `minutes` and `reason`."""
        return self._send("POST", f"{_auction(auction_id)}/extend", change, token, key)

    def extend_all(self, change: Json, token: str, key: str) -> ApiResponse:
        """Move the ends of all active auctions: `minutes` and `reason`."""
        return self._send("POST", "/auctions/extend", change, token, key)

    def list_outages(self, token: str) -> ApiResponse:
        """Return the outages that hit auctions, and on which nobody has decided."""
        return self._get("/auctions/outages", token=token)

    def extend_after_outage(self, outage_id: str, change: Json, token: str) -> ApiResponse:
        """Move the ends that an outage hit: `minutes` and `reason`."""
        path = f"/auctions/outages/{quote(outage_id, safe='')}/extend"
        return self._send("POST", path, change, token)

    def dismiss_outage(self, outage_id: str, token: str) -> ApiResponse:
        """Leave the ends that an outage hit as they are."""
        return self._send("DELETE", f"/auctions/outages/{quote(outage_id, safe='')}", {}, token)

    def void_bids(self, auction_id: str, voiding: Json, token: str, key: str) -> ApiResponse:
        """Void a bidder's bids: `number` and `reason`."""
        return self._send("POST", f"{_auction(auction_id)}/void-bids", voiding, token, key)

    def place_bid(self, bid: Json, token: str, key: str) -> ApiResponse:
        """Place a bid: `auction_id`, and `amount`, `max_amount` or both."""
        return self._send("POST", "/place-bid", bid, token, key)

    def buy_now(self, auction_id: str, token: str, key: str) -> ApiResponse:
        """Buy at the buy-now price."""
        return self._send("POST", f"{_auction(auction_id)}/buy-now", {}, token, key)

    def _get(
        self, path: str, query: Mapping[str, str] | None = None, token: str | None = None
    ) -> ApiResponse:
        parameters = urlencode({name: value for name, value in (query or {}).items() if value})
        address = f"{path}?{parameters}" if parameters else path
        for _ in range(GET_TRIES):
            answer = self._try("GET", address, _headers(token), None)
            if answer is not None:
                return answer
        return _problem(UNAVAILABLE)

    def _send(
        self, method: str, path: str, body: Json, token: str, key: str | None = None
    ) -> ApiResponse:
        headers = {**_headers(token), "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if self._url is None:
            return _problem(UNAVAILABLE)
        return self._try(method, path, headers, orjson.dumps(body)) or _problem(OUTCOME_UNKNOWN)

    def _try(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None
    ) -> ApiResponse | None:
        if self._url is None:
            return _problem(UNAVAILABLE)
        try:
            answer = self._http.send(method, self._url + path, headers=headers, content=content)
        except HttpFailed as error:
            log.warning("auctions-unavailable", reason=str(error))
            return None
        return read_answer(answer)


def read_answer(answer: HttpResponse) -> ApiResponse:
    """Return what an API answered as a value; what is not a JSON object counts as no answer."""
    try:
        body = orjson.loads(answer.body) if answer.body else {}
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        log.error("auctions-answer-unreadable", status=answer.status)
        return _problem(UNAVAILABLE)
    return ApiResponse(answer.status, body)


def _problem(slug: str) -> ApiResponse:
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return ApiResponse(status, {"type": f"/problems/{slug}", "status": int(status)})


def _headers(token: str | None) -> dict[str, str]:
    accepted = {"Accept": "application/json"}
    return {**accepted, "Authorization": f"Bearer {token}"} if token else accepted


def _auction(auction_id: str) -> str:
    return f"/auction/{quote(auction_id, safe='')}"
