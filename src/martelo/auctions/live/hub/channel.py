"""One watched auction: its entries in order to each of its viewers in this process."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import structlog

from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.hub.dependencies import Dependencies
from martelo.auctions.live.hub.frames import (
    Encoding,
    Frame,
    Position,
    Snapshot,
    encode_together,
    entry_frame,
    is_end,
)
from martelo.auctions.live.hub.recent import Recent
from martelo.auctions.live.hub.snapshots import Snapshots
from martelo.auctions.live.hub.viewer import Viewer
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.auctions.ports.readings import Reading
from martelo.auctions.public_entries import Published
from martelo.kernel.ids import AuctionId

TRIES = 3
"""Readings a join may take while the auction changes."""

log = structlog.get_logger(__name__)


class NothingLeft(Exception):  # noqa: N818 - an answer, not a fault
    """The viewer has seen the end; there is nothing left to send."""


class Channel:
    """Brings the entries of one auction to its viewers, in `seq` order, none left out.

    `seq` is the last entry that went out, or into the running window. While it is not live
    (before `start`, and from a break in history to the next `start`) entries that come are only
    noted, and read from the ledger afterwards.
    """

    def __init__(self, auction_id: AuctionId, dependencies: Dependencies) -> None:
        self.auction_id = auction_id
        self.epoch = ""
        self.seq = 0
        self.is_live = False
        self.end: Frame | None = None
        self.viewers: set[Viewer] = set()
        self.joining = 0
        self.idle_since = dependencies.clock()
        self.counted: int | None = None
        self.counted_at = float("-inf")
        self._others = 0
        self._dependencies = dependencies
        self._recent = Recent(dependencies.limits.recent)
        self._snapshots = Snapshots(auction_id, dependencies, self._count)
        self._window: list[Frame] = []
        self._timer: asyncio.TimerHandle | None = None
        self._seen = 0
        self._is_filling = False
        self._behind: set[Viewer] = set()
        self._starting = asyncio.Lock()
        self._reaching_back = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def own_count(self) -> int:
        """How many watch in this process, including those about to join."""
        return len(self.viewers) + self.joining

    async def join(self, viewer: Viewer, after: Position | None) -> None:
        """Serve `viewer` from `after` on where that can be done, else from a snapshot.

        Raises:
            NothingLeft: It is over, and the viewer has seen all of it.
            AuctionNotFound: Neither the store nor the record has it.
            StoreUnavailable: What is missing cannot be read now.
        """
        frames, snapshot = await self._after(after), None
        if frames is None:
            frames, snapshot = await self._from_snapshot()
        elif after is not None and self.end is not None and after.seq >= self.end.seq:
            raise NothingLeft
        # Nothing is awaited from here on, so no entry can come in between.
        self.viewers.add(viewer)
        viewer.begin(snapshot, after.seq if after else 0)
        self._dependencies.metrics.snapshots.inc(0 if snapshot is None else 1)
        self._bring_up(viewer, frames, snapshot)

    def leave(self, viewer: Viewer) -> None:
        """Serve `viewer` no more."""
        self.viewers.discard(viewer)
        self._behind.discard(viewer)
        self._dependencies.slow.pop(viewer, None)
        if not self.viewers:
            self.idle_since = self._dependencies.clock()

    def stop(self) -> None:
        """Cancel timers and tasks."""
        self.is_live = False
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    async def start(self, epoch: str) -> None:
        """Read the auction's current state and continue from it, viewers included.

        Raises:
            AuctionNotFound: Neither the store nor the record has it.
            StoreUnavailable: It cannot be read now; the channel is not live then.
        """
        async with self._starting:
            self.is_live, self._seen, self.epoch = False, 0, epoch
            self._snapshots.begin(epoch)
            snapshot = await self._snapshots.get()
            self._recent.clear()
            self._window.clear()
            self.epoch, self.seq = snapshot.position.epoch, snapshot.position.seq
            self.end = snapshot.end
            self.is_live = True
        for viewer in list(self.viewers):
            if viewer.is_held:
                viewer.lose()
            else:
                self._start_over(viewer, snapshot)
        self._fill_if_behind()

    def receive(self, published: Published) -> None:
        """Take what Pub/Sub brings; what is old is dropped, a hole is filled from the ledger."""
        seq = published.entry.seq
        if self.is_live and not self._is_filling and seq == self.seq + 1:
            self._accept(published)
        else:
            self.note(seq)

    def drop_names(self) -> None:
        """Read everything again, since names in what is cached were erased."""
        self._spawn(self.start(self.epoch))

    def note(self, seq: int) -> None:
        """Note that the auction has come to `seq`; what is missing is read from the ledger."""
        self._seen = max(self._seen, seq)
        self._fill_if_behind()

    def set_count(self, own: int, total: int) -> None:
        """Note how many watch in all, as the store answered to the report of `own`."""
        self.counted, self.counted_at = own, self._dependencies.clock()
        self._others = max(0, total - own)

    def on_held(self, viewer: Viewer) -> None:
        """Note that a viewer's connection is full."""
        self._dependencies.slow[viewer] = self._dependencies.clock()

    def on_released(self, viewer: Viewer) -> None:
        """Note that it has room again."""
        self._dependencies.slow.pop(viewer, None)

    def on_lost(self, _viewer: Viewer) -> None:
        """Count a buffer that was full."""
        self._dependencies.metrics.lost.inc()

    def catch_up(self, viewer: Viewer) -> None:
        """Send a snapshot to a viewer that fell behind; all that wait share one reading."""
        self._behind.add(viewer)
        if len(self._behind) == 1:
            self._spawn(self._serve_behind())

    async def _serve_behind(self) -> None:
        try:
            snapshot = await self._snapshots.get()
        finally:
            waiting, self._behind = self._behind, set()
        # A channel that is not live serves them all when it starts.
        for viewer in waiting if self.is_live else ():
            if not viewer.is_held:
                self._start_over(viewer, snapshot)

    def _start_over(self, viewer: Viewer, snapshot: Snapshot) -> None:
        if viewer.is_done:
            return
        frames = self._recent_after(snapshot.position)
        if frames is None:
            self._snapshots.forget()
            self.catch_up(viewer)
            return
        self._dependencies.metrics.snapshots.inc()
        viewer.start_over(snapshot)
        self._bring_up(viewer, frames, snapshot)

    # In order, once

    def _accept(self, published: Published) -> None:
        frame, entry = self._frame(published), published.entry
        self.seq = entry.seq
        self._recent.append(frame)
        self._window.append(frame)
        if is_end(entry):
            self.end = frame
        if self.end is not None or self._timer is None:
            self._dependencies.metrics.lag.observe(max(0.0, time.time() - entry.at / 1000))
            self._flush()

    def _flush(self) -> None:
        """Send what the window gathered and open the next one; without anything, close it."""
        frames, self._window = self._window, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not frames:
            return
        window_s = self._dependencies.limits.window_s
        if self.end is None and window_s > 0:
            self._timer = asyncio.get_running_loop().call_later(window_s, self._flush)
        viewers = [viewer for viewer in self.viewers if not viewer.is_behind]
        self._dependencies.metrics.deliveries.inc(len(viewers) * len(frames))
        self._dependencies.metrics.writes.inc(len(viewers))
        first, last = frames[0].seq, frames[-1].seq
        together: dict[Encoding, bytes] = {}
        for viewer in viewers:
            if viewer.seq < first and self.end is None:
                data = together.get(viewer.encoding)
                if data is None:
                    data = together[viewer.encoding] = encode_together(frames, viewer.encoding)
                viewer.deliver(data, last)
            else:
                self._bring_up(viewer, frames, None)

    def _bring_up(self, viewer: Viewer, frames: list[Frame], snapshot: Snapshot | None) -> None:
        """Send those of `frames` that the viewer has not seen; the end always."""
        end = self.end or (snapshot.end if snapshot is not None else None)
        missing = [f for f in frames if f.seq > viewer.seq and (end is None or f.seq < end.seq)]
        if missing:
            viewer.deliver(encode_together(missing, viewer.encoding), missing[-1].seq)
        if end is not None and not viewer.is_behind and not viewer.is_done:
            viewer.deliver_end(end.encoded(viewer.encoding), end.seq)

    # Looking back

    async def _from_snapshot(self) -> tuple[list[Frame], Snapshot]:
        for _ in range(TRIES):
            async with self._starting:
                pass
            if not self.is_live:
                break
            snapshot = await self._snapshots.get()
            frames = self._recent_after(snapshot.position)
            if frames is not None:
                return frames, snapshot
            self._snapshots.forget()
        raise StoreUnavailable("the auction cannot be followed now")

    async def _after(self, after: Position | None) -> list[Frame] | None:
        """Return the entries after a place, or `None` where only a snapshot will do."""
        if after is None or after.epoch != self.epoch or not self.is_live or after.seq < 1:
            return None
        if after.seq > self.seq and self.end is None:
            # Another process was quicker; the ledger says whether there is such an entry.
            await self._advance()
        if not self.seq - self._recent.size <= after.seq <= self.seq:
            return None
        if self._recent_after(after) is None:
            await self._reach_back(after)
        return self._recent_after(after)

    def _recent_after(self, position: Position) -> list[Frame] | None:
        if position.epoch != self.epoch or not self.is_live:
            return None
        return self._recent.after(position.seq, self.seq)

    async def _advance(self) -> None:
        latest = await self._dependencies.feed.latest_seqs([self.auction_id])
        self._seen = max(self._seen, latest.get(self.auction_id, 0))
        await self._fill()

    async def _reach_back(self, after: Position) -> None:
        """Read older entries from the ledger, once for all who come back at the same time."""
        async with self._reaching_back:
            if after.epoch != self.epoch or self._recent_after(after) is not None:
                return
            wanted = self._recent.first_seq(self.seq) - after.seq - 1
            entries = await self._dependencies.feed.public_entries(
                self.auction_id, after.seq, wanted
            )
            first = self._recent.first_seq(self.seq)
            older = [each for each in entries if each.entry.seq < first]
            is_complete = [each.entry.seq for each in older] == list(range(after.seq + 1, first))
            if after.epoch == self.epoch and self.is_live and is_complete:
                self._recent.prepend([self._frame(each) for each in older])
                self._dependencies.metrics.filled.inc(len(older))

    def _frame(self, published: Published) -> Frame:
        return entry_frame(self.auction_id, self.epoch, published)

    # Holes

    def _fill_if_behind(self) -> None:
        if self._must_fill() and not self._is_filling:
            self._spawn(self._fill())

    def _must_fill(self) -> bool:
        return self.is_live and self._seen > self.seq and self.end is None

    async def _fill(self) -> None:
        if self._is_filling:
            return
        self._is_filling = True
        try:
            while self._must_fill():
                await self._fill_once()
        except StoreUnavailable:
            # The next comparison notices the hole again.
            log.debug("hole-not-filled", auction_id=self.auction_id, seq=self.seq)
        finally:
            self._is_filling = False

    async def _fill_once(self) -> None:
        epoch, limit = self.epoch, self._recent.size
        entries = await self._dependencies.feed.public_entries(self.auction_id, self.seq, limit + 1)
        if epoch != self.epoch or not self.is_live:
            return
        if not entries or entries[0].entry.seq != self.seq + 1 or len(entries) > limit:
            # Trimmed, too far back, or another history: a snapshot replaces it.
            self.is_live = False
            self._spawn(self.start(epoch))
            return
        self._dependencies.metrics.filled.inc(len(entries))
        for each in entries:
            self._accept(each)

    def _count(self, reading: Reading) -> int:
        """Return how many watch: this process's exactly, the others as last reported."""
        if self.counted is None:
            self._others = reading.viewers
        return self._others + max(1, self.own_count)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        # After any error the hub's next comparison restarts the channel.
        self.is_live = False
        if not isinstance(error, StoreUnavailable | AuctionNotFound):
            log.error("channel-failed", auction_id=self.auction_id, exc_info=error)
