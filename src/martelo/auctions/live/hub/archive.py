"""Lots that are no longer live: the record's word on them, from auctions-api."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

import msgspec

from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.hub.frames import Json
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.kernel.ids import AuctionId
from martelo.runtime.bounded_cache import BoundedCache
from martelo.runtime.http.client import Http, HttpFailed

EPOCH = "archive"
"""The epoch of what the record tells; no replication id looks like it."""

KEPT_S = 10.0
KEPT_LOTS = 64
CALLS_AT_ONCE = 8

_OBJECT = msgspec.json.Decoder(dict)


class Archive(Protocol):
    """Where lots are found that the live store has let go of."""

    async def read(self, auction_id: AuctionId) -> Json:
        """Return an ended auction as `GET /auction/<id>` answers it.

        Raises:
            AuctionNotFound: There never was one.
            StoreUnavailable: The record does not answer.
        """


class ApiArchive:
    """Asks auctions-api, in a thread: archived lots are rarely watched.

    What it says is kept for a moment, because those who watched a lot together ask together.
    """

    def __init__(self, auctions_url: str, http: Http, clock: Callable[[], float]) -> None:
        self._url = auctions_url.rstrip("/")
        self._http = http
        self._clock = clock
        self._kept: BoundedCache[tuple[float, Json]] = BoundedCache(KEPT_LOTS)
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)

    async def read(self, auction_id: AuctionId) -> Json:
        """Return an ended auction, as the port says."""
        async with self._calls:
            kept = self._kept.get(auction_id)
            if kept is not None and kept[0] > self._clock():
                return kept[1]
            view = await asyncio.to_thread(self._ask, auction_id)
            self._kept.put(auction_id, (self._clock() + KEPT_S, view))
            return view

    def _ask(self, auction_id: AuctionId) -> Json:
        url = f"{self._url}/auction/{auction_id}"
        try:
            answer = self._http.send("GET", url, headers={"Accept": "application/json"})
        except HttpFailed as error:
            raise StoreUnavailable from error
        if answer.status == HTTPStatus.NOT_FOUND:
            raise AuctionNotFound
        if answer.status != HTTPStatus.OK:
            raise StoreUnavailable(f"auctions-api answered {answer.status}")
        try:
            view: Json = _OBJECT.decode(answer.body)
        except msgspec.MsgspecError as error:
            raise StoreUnavailable("auctions-api answered what is no auction") from error
        if not isinstance(view.get("result"), dict) or not isinstance(view.get("seq"), int):
            # It was archived between two looks, or the record is behind: the caller comes again.
            raise StoreUnavailable("auctions-api has no end of it")
        return view


def end_event(view: Json) -> tuple[str, Json]:
    """Return name and data of the last event of the ended auction that `view` shows."""
    result, leader = view["result"], view.get("leader")
    sold = view["status"] == "sold"
    data = {
        "seq": view["seq"],
        "status": view["status"],
        "sold_by": result.get("sold_by"),
        "final_price": result.get("final_price"),
        "winner": leader if sold else None,
        "bid_count": view.get("bid_count", 0),
        "closed_at": result["closed_at"],
    }
    if view["status"] == "cancelled":
        return "cancelled", {**data, "reason": result.get("reason"), "by": result.get("by")}
    return "closed", data
