"""The hub: watched auctions on one side, the store's messages on the other; no transport.

One subscription per process and watched auction. When the connection to the store breaks, viewers
stay, and are brought up to date once it answers again.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, NoReturn

import structlog

from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.live.hub.channel import Channel
from martelo.auctions.live.hub.dependencies import Dependencies
from martelo.auctions.live.hub.frames import Position
from martelo.auctions.live.hub.viewer import Sink, Viewer
from martelo.auctions.ports.failures import StoreUnavailable
from martelo.kernel.ids import AuctionId

TICK_S = 0.25
CUT_S = 0.5
AT_ONCE = 64
"""Calls to the store under way at the same time, where every watched auction needs one."""

PROBE = AuctionId("00-probe")
"""An auction that does not exist, by which the store is asked whether it answers."""

log = structlog.get_logger(__name__)


class Watch:
    """A viewer and the auction it watches; what `join` returns and `leave` takes."""

    __slots__ = ("_channel", "viewer")

    def __init__(self, channel: Channel, viewer: Viewer) -> None:
        self._channel = channel
        self.viewer = viewer

    def leave(self) -> None:
        """Watch no more; may be called twice."""
        self._channel.leave(self.viewer)


class Hub:
    """The watched auctions of this process."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._channels: dict[AuctionId, Channel] = {}
        self._opening: dict[AuctionId, asyncio.Task[Channel]] = {}
        self._is_subscribed = False
        self._answers = False
        self._comparing = asyncio.Lock()

    @property
    def is_ready(self) -> bool:
        """Whether viewers can be served: the store answers, and its messages come."""
        return self._is_subscribed and self._answers

    async def join(
        self,
        auction_id: AuctionId,
        after: Position | None,
        sink: Sink,
        on_viewer: Callable[[Viewer], None],
    ) -> Watch:
        """Serve `sink` with an auction from `after` on; `on_viewer` gets it before that.

        Raises:
            NothingLeft: It is over, and all of it has been seen.
            AuctionNotFound: There is no such auction.
            StoreUnavailable: The store does not answer; come again.
        """
        channel = await self._open_channel(auction_id)
        viewer = Viewer(sink, channel, self._dependencies.limits.buffer_bytes)
        on_viewer(viewer)
        channel.joining += 1
        try:
            await channel.join(viewer, after)
        finally:
            channel.joining -= 1
        return Watch(channel, viewer)

    def viewer_count(self) -> int:
        """Return how many watch in this process."""
        return sum(len(channel.viewers) for channel in self._channels.values())

    async def run(self) -> NoReturn:
        """Keep the viewers up to date, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._every(self._dependencies.limits.compare_s, self.compare))
            group.create_task(self._every(TICK_S, self._tick))
            group.create_task(self._every(CUT_S, self._cut_slow))
        raise AssertionError("the loops of a hub do not end")

    async def close(self) -> None:
        """Report to the store that nobody watches in this process, if it answers."""
        channels = list(self._channels.values())
        self._channels.clear()
        for channel in channels:
            channel.stop()
            channel.viewers.clear()
        try:
            await _in_batches([self._report_count(channel) for channel in channels])
        except StoreUnavailable:
            log.info("counts-left-to-expire", auctions=len(channels))

    # Opening

    async def _open_channel(self, auction_id: AuctionId) -> Channel:
        channel = self._channels.get(auction_id)
        if channel is not None and channel.is_live:
            return channel
        task = self._opening.get(auction_id)
        if task is None:
            task = asyncio.create_task(self._open(auction_id))
            self._opening[auction_id] = task
            task.add_done_callback(lambda done: self._opened(auction_id, done))
        # Who stops waiting must not take the opening from the others.
        return await asyncio.shield(task)

    def _opened(self, auction_id: AuctionId, task: asyncio.Task[Channel]) -> None:
        self._opening.pop(auction_id, None)
        if not task.cancelled():
            task.exception()  # those who wait for it get it

    async def _open(self, auction_id: AuctionId) -> Channel:
        channel = self._channels.get(auction_id)
        if channel is None:
            channel = Channel(auction_id, self._dependencies)
            self._channels[auction_id] = channel
        channel.idle_since = self._dependencies.clock()
        try:
            await self._start(channel)
        except (AuctionNotFound, StoreUnavailable):
            if not channel.viewers:
                await self._close_channel(channel)
            raise
        return channel

    async def _start(self, channel: Channel) -> None:
        feed = self._dependencies.feed
        await feed.subscribe(channel.auction_id)
        await channel.start(await feed.epoch(channel.auction_id))

    async def _close_channel(self, channel: Channel) -> None:
        self._channels.pop(channel.auction_id, None)
        channel.stop()
        try:
            await self._dependencies.feed.unsubscribe(channel.auction_id)
            if channel.counted:
                await self._report_count(channel)
        except StoreUnavailable:
            log.debug("unsubscribed-by-the-break", auction_id=channel.auction_id)

    # The store's side

    async def _listen(self) -> None:
        delay_s = self._dependencies.limits.backoff_s
        while True:
            recovery = asyncio.create_task(self._recover())
            try:
                async for auction_id, published in self._dependencies.feed.messages():
                    channel = self._channels.get(auction_id)
                    if channel is not None and published is not None:
                        channel.receive(published)
                    elif channel is not None:
                        channel.drop_names()
            except StoreUnavailable as error:
                log.warning("store-lost", reason=str(error))
            finally:
                recovery.cancel()
            if self._is_subscribed:
                delay_s = self._dependencies.limits.backoff_s
            self._is_subscribed = False
            self._dependencies.metrics.reconnections.inc()
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, self._dependencies.limits.longest_backoff_s)

    async def _recover(self) -> None:
        """Subscribe to everything watched and catch up, as soon as the store answers."""
        feed = self._dependencies.feed
        while not self._is_subscribed:
            ids = list(self._channels)
            try:
                await feed.subscribe(PROBE)
                await _in_batches([feed.subscribe(auction_id) for auction_id in ids])
                await self.compare()
                self._is_subscribed = True
                log.info("store-connected", auctions=len(ids))
            except StoreUnavailable as error:
                log.debug("not-recovered", reason=str(error))
                await asyncio.sleep(self._dependencies.limits.backoff_s)

    async def compare(self) -> None:
        """Find lost messages, broken histories and channels that failed, and repair them.

        One at a time: two that found the same break would each send every viewer a snapshot.
        """
        async with self._comparing:
            await self._compare()

    async def _compare(self) -> None:
        self._answers = False
        await self._dependencies.feed.epoch(PROBE)
        self._answers = True
        channels = [channel for channel in self._channels.values() if channel.end is None]
        before = {channel.auction_id: channel.seq for channel in channels if channel.is_live}
        latest = await self._dependencies.feed.latest_seqs(list(before))
        broken = []
        for channel in channels:
            known, seq = before.get(channel.auction_id), latest.get(channel.auction_id)
            epoch = await self._dependencies.feed.epoch(channel.auction_id)
            if known is None or seq is None or seq < known or epoch != channel.epoch:
                broken.append(channel)
            else:
                channel.note(seq)
        await _in_batches([self._repair(channel) for channel in broken])

    async def _repair(self, channel: Channel) -> None:
        if channel.auction_id in self._opening or self._channels.get(channel.auction_id) is None:
            return
        try:
            await self._start(channel)
        except AuctionNotFound:
            log.warning("auction-vanished", auction_id=channel.auction_id)
            for viewer in list(channel.viewers):
                viewer.sink.finish()

    # The viewers' side

    async def _tick(self) -> None:
        now, limits = self._dependencies.clock(), self._dependencies.limits
        self._dependencies.metrics.auctions.set(len(self._channels))
        self._dependencies.metrics.viewers.set(self.viewer_count())
        idle = [
            channel
            for channel in self._channels.values()
            if not channel.own_count
            and channel.auction_id not in self._opening
            and now - channel.idle_since >= limits.linger_s
        ]
        await _in_batches([self._close_channel(channel) for channel in idle])
        due = [c for c in self._channels.values() if self._is_count_due(c, now)]
        await _in_batches([self._report_count(channel) for channel in due])

    def _is_count_due(self, channel: Channel, now: float) -> bool:
        if not channel.is_live or channel.end is not None:
            return False
        age_s, limits = now - channel.counted_at, self._dependencies.limits
        if channel.counted == channel.own_count:
            return channel.own_count > 0 and age_s >= limits.count_refresh_s
        return age_s >= limits.count_s

    async def _report_count(self, channel: Channel) -> None:
        own = channel.own_count
        total = await self._dependencies.feed.count_viewers(channel.auction_id, own)
        channel.set_count(own, total)

    async def _cut_slow(self) -> None:
        deadline = self._dependencies.clock() - self._dependencies.limits.slow_s
        for viewer, since in list(self._dependencies.slow.items()):
            if since <= deadline:
                self._dependencies.slow.pop(viewer, None)
                self._dependencies.metrics.dropped.inc()
                viewer.sink.abort()

    @staticmethod
    async def _every(interval_s: float, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await asyncio.sleep(interval_s)
            try:
                await step()
            except StoreUnavailable as error:
                log.debug("store-does-not-answer", reason=str(error))
            except Exception:
                log.exception("hub-step-failed", step=step.__name__)


async def _in_batches(calls: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run the calls, a bounded number at a time; raise the first failure once all have ended."""
    waiting = iter(calls)
    failures: list[BaseException] = []
    while batch := list(islice(waiting, AT_ONCE)):
        results = await asyncio.gather(*batch, return_exceptions=True)
        failures += [result for result in results if isinstance(result, BaseException)]
    if failures:
        raise failures[0]
