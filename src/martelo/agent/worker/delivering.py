"""Carrying effects out: claim, attempt, record; four at a time.

When the worker stops, effects that are being written are released, and sends are waited for.
"""

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from martelo.agent.domain.effects import DeliveryOutcome, Transition, transition_after
from martelo.agent.ports.effects import Claimed
from martelo.agent.worker.attempting import (
    Attempt,
    Attempter,
    Conclusion,
    Dependencies,
    note_lost_lease,
)
from martelo.runtime.postgresql.connections import DatabaseUnavailable

MAX_CONCURRENT = 4
IDLE_S = 0.25
BACKOFF_S = 1.0
MAX_RECORD_TRIES = 30
STUCK_AFTER_S = 30.0

log = structlog.get_logger(__name__)


class Deliverer:
    """Claims and carries out effects until the worker stops."""

    def __init__(self, outside: Dependencies, *, write_budget_s: float) -> None:
        self._outside = outside
        self._running: dict[int, Attempt] = {}
        self._failed_claims = 0
        self._last_claim_s = time.monotonic()
        # Blocking calls of every slot, and one for claiming.
        self._threads = ThreadPoolExecutor(MAX_CONCURRENT + 1, "deliver")
        self._attempter = Attempter(outside, self._threads, write_budget_s=write_budget_s)

    def is_ready(self) -> bool:
        """Return whether the last claim succeeded, and recently."""
        return not self._failed_claims and not self.is_stuck()

    def is_stuck(self) -> bool:
        """Return whether nothing has been claimed or looked for in `STUCK_AFTER_S`."""
        return time.monotonic() - self._last_claim_s > STUCK_AFTER_S

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set; then wait for the sends in progress."""
        stop = asyncio.create_task(stopping.wait())
        try:
            while not stopping.is_set():
                pause_s = await self._fill()
                waited = [stop, *self._tasks()]
                await asyncio.wait(waited, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            await self._drain()
            self._threads.shutdown()

    async def _fill(self) -> float:
        """Claim an effect for each free slot; return the pause until the next claim."""
        self._last_claim_s = time.monotonic()
        free = MAX_CONCURRENT - len(self._running)
        if free == 0:
            return IDLE_S
        try:
            claimed = await self._attempter.call(self._outside.store.claim, free)
        except DatabaseUnavailable as error:
            if not self._failed_claims:
                log.error("claim-failed", reason=str(error))  # noqa: TRY400 - the reason says it all
            self._failed_claims += 1
            return BACKOFF_S
        self._failed_claims = 0
        for effect in claimed:
            attempt = Attempt(effect)
            self._running[effect.claim.id] = attempt
            attempt.task = asyncio.create_task(self._carry_out(attempt))
        return IDLE_S

    async def _drain(self) -> None:
        for attempt in self._running.values():
            if attempt.task is not None and not attempt.is_committed:
                attempt.task.cancel()
        if tasks := self._tasks():
            await asyncio.wait(tasks)

    def _tasks(self) -> list["asyncio.Task[None]"]:
        return [attempt.task for attempt in self._running.values() if attempt.task is not None]

    async def _carry_out(self, attempt: Attempt) -> None:
        effect = attempt.effect
        kind, auction_id = effect.kind.value, effect.end.auction_id
        structlog.contextvars.bind_contextvars(
            kind=kind, effect_id=effect.claim.id, auction_id=auction_id
        )
        attributes: dict[str, str | int] = {
            "auction.id": auction_id,
            "effect.kind": kind,
            "effect.id": effect.claim.id,
            "effect.attempt": effect.attempts,
        }
        with self._outside.tracer.span("effect", attributes) as span:
            attempt.span = span
            await self._conclude(attempt)

    async def _conclude(self, attempt: Attempt) -> None:
        """Make an attempt and record its result."""
        effect = attempt.effect
        try:
            conclusion = await self._attempter.make(attempt)
        except asyncio.CancelledError:
            await self._record(partial(self._outside.store.give_back, effect.claim))
        except DatabaseUnavailable as error:
            # The lease expires by itself; what is frozen stays.
            log.warning("effect-left", reason=str(error))
        else:
            if conclusion is not None:
                attempt.is_committed = True
                following = await self._finish(effect, conclusion)
                attempt.span.set_attribute("effect.state", following.state.value)
        finally:
            del self._running[effect.claim.id]

    async def _finish(self, effect: Claimed, conclusion: Conclusion) -> Transition:
        """Record the result of an attempt; return the effect's next state."""
        result = conclusion.result
        self._outside.metrics.attempts.labels(effect.kind.value, result.outcome.value).inc()
        following = transition_after(
            effect.kind,
            result.outcome,
            effect.attempts,
            chance=random.random(),  # noqa: S311 - not a secret, it spreads attempts
            wait_s=result.wait_s,
        )
        is_done = result.outcome is DeliveryOutcome.DONE
        if not is_done:
            log.info("effect-attempted", outcome=result.outcome.value, note=result.note)
        channel = conclusion.channel if is_done else None
        await self._record(
            partial(self._outside.store.finish, effect.claim, following, result.note, channel)
        )
        return following

    async def _record(self, recording: Callable[[], bool]) -> None:
        """Write a result, with retries while the lease lasts."""
        for _ in range(MAX_RECORD_TRIES):
            try:
                if not await self._attempter.call(recording):
                    note_lost_lease(self._outside.metrics)
            except DatabaseUnavailable:
                await asyncio.sleep(BACKOFF_S)
            else:
                return
        log.error("effect-not-recorded")
