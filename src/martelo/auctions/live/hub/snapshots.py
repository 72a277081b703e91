"""Snapshots of one auction: read once for all who ask at the same moment."""

import asyncio
from collections.abc import Callable

from martelo.auctions.domain.auction import Status
from martelo.auctions.live.hub import archive
from martelo.auctions.live.hub.dependencies import Dependencies
from martelo.auctions.live.hub.frames import (
    Frame,
    Json,
    Position,
    Snapshot,
    entry_frame,
    event_frame,
    is_end,
    snapshot_frame,
)
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.readings import Reading
from martelo.auctions.wire import answers
from martelo.kernel.ids import AuctionId


class Snapshots:
    """Reads the auction from the store, or from the record once it is no longer live."""

    def __init__(
        self, auction_id: AuctionId, dependencies: Dependencies, count: Callable[[Reading], int]
    ) -> None:
        self._auction_id = auction_id
        self._dependencies = dependencies
        self._count = count
        self._epoch = ""
        self._cached: tuple[float, Snapshot] | None = None
        self._reading: asyncio.Task[Snapshot] | None = None

    def begin(self, epoch: str) -> None:
        """Drop what was read before this epoch, or is being read."""
        self._epoch, self._cached, self._reading = epoch, None, None

    def forget(self) -> None:
        """Drop the cached snapshot."""
        self._cached = None

    async def get(self) -> Snapshot:
        """Return a snapshot no older than a moment.

        Raises:
            AuctionNotFound: Neither the store nor the record has it.
            StoreUnavailable: It cannot be read now.
        """
        if self._cached is not None and self._cached[0] > self._dependencies.clock():
            return self._cached[1]
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._done)
        # Who stops waiting must not take the reading from the others.
        return await asyncio.shield(self._reading)

    def _done(self, task: asyncio.Task[Snapshot]) -> None:
        if self._reading is task:
            self._reading = None
        if not task.cancelled():
            task.exception()  # those who wait get it; where nobody does, asyncio would log it

    async def _read(self) -> Snapshot:
        epoch = self._epoch
        reading = await self._dependencies.feed.read(self._auction_id)
        if reading is None:
            return self._of_record(await self._dependencies.archive.read(self._auction_id))
        view = answers.full_auction(reading)
        view["viewers"] = self._count(reading)
        position = Position(epoch, reading.auction.seq)
        end = None if reading.auction.status is Status.OPEN else await self._read_end(position)
        frame = snapshot_frame(self._auction_id, position, view)
        snapshot = Snapshot(position, view, frame, end)
        if epoch == self._epoch:
            good_until = self._dependencies.clock() + self._dependencies.limits.snapshot_age_s
            self._cached = (good_until, snapshot)
        return snapshot

    async def _read_end(self, position: Position) -> Frame:
        entries = await self._dependencies.feed.public_entries(
            self._auction_id, position.seq - 1, 1
        )
        if not entries or not is_end(entries[0].entry):
            raise StoreUnavailable("the ledger of an ended auction has no end")
        return entry_frame(self._auction_id, position.epoch, entries[0])

    def _of_record(self, view: Json) -> Snapshot:
        position = Position(archive.EPOCH, view["seq"])
        end = event_frame(self._auction_id, position, *archive.end_event(view))
        frame = snapshot_frame(self._auction_id, position, view)
        return Snapshot(position, view, frame, end)
