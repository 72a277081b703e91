"""Auctions that are no longer live, as auctions-api reads them from the record."""

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
"""The epoch of archived auctions; no replication id has this form."""

CACHE_S = 10.0
CACHE_SIZE = 64
CALLS_AT_ONCE = 8

_OBJECT = msgspec.json.Decoder(dict)


class Archive(Protocol):
    """Where auctions are read that the live store no longer holds."""

    async def read(self, auction_id: AuctionId) -> Json:
        """Return an ended auction as `GET /auction/<id>` answers it.

        Raises:
            AuctionNotFound: There is none.
            StoreUnavailable: The record does not answer.
        """


class ApiArchive:
    """Asks auctions-api, in a thread: archived lots are rarely watched.

    Its answers are cached for a moment, because viewers of one auction ask at the same time.
    """

    def __init__(self, auctions_url: str, http: Http, clock: Callable[[], float]) -> None:
        self._url = auctions_url.rstrip("/")
        self._http = http
        self._clock = clock
        self._cache: BoundedCache[tuple[float, Json]] = BoundedCache(CACHE_SIZE)
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)

    async def read(self, auction_id: AuctionId) -> Json:
        """Return an ended auction, as the port says."""
        async with self._calls:
            cached = self._cache.get(auction_id)
            if cached is not None and cached[0] > self._clock():
                return cached[1]
            view = await asyncio.to_thread(self._fetch, auction_id)
            self._cache.put(auction_id, (self._clock() + CACHE_S, view))
            return view

    def _fetch(self, auction_id: AuctionId) -> Json:
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
            raise StoreUnavailable(
                "auctions-api answered something that is not an auction"
            ) from error
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
