"""Carrying effects out: claim, write, freeze, send, record; four at a time.

The text is fixed before the first send, so a repetition says the same. That sending begins is
marked in the row, so a worker that dies in between leaves a *maybe* behind, not a gap. At a stop
what is being written is given back, and what is being sent is waited for.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog

from martelo.agent.domain.effects import DeliveryOutcome, Next, State, after
from martelo.agent.domain.facts import Facts, Status
from martelo.agent.domain.frozen import Frozen, Letter, Post
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.letters import Circumstances, letter, post
from martelo.agent.domain.naming import as_markdown
from martelo.agent.domain.recipients import Recipient, recipient_of, seed_of
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, WinnerEmail
from martelo.agent.ports.contexts import Lots, LotUnknown, People, Unobtainable
from martelo.agent.ports.delivery import Mailer, Poster, Sending
from martelo.agent.ports.effects import Claimed, DeliveryChannel, EffectStore
from martelo.agent.ports.writing import Source, Writer, Written
from martelo.agent.worker import metrics
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.process.tracing import SILENCE, UNTRACED, Span, Tracer

AT_ONCE = 4
IDLE_S = 0.25
BACKOFF_S = 1.0
RECORD_TRIES = 30
SILENT_S = 30.0

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Whom the worker speaks to; without `mailer` or `poster` all is kept in the outbox."""

    store: EffectStore
    writer: Writer
    lots: Lots
    people: People
    mailer: Mailer | None
    poster: Poster | None
    public_url: str
    tracer: Tracer = UNTRACED


@dataclass(frozen=True, slots=True)
class _End:
    """What an attempt came to; `channel` is where it went, if it did."""

    sending: Sending
    channel: DeliveryChannel | None = None


@dataclass(slots=True)
class _Attempt:
    """One effect at hand."""

    effect: Claimed
    is_committed: bool = False
    """What comes now is finished, also at a stop."""
    is_in_flight: bool = False
    task: "asyncio.Task[None] | None" = field(default=None)
    span: Span = SILENCE


class Deliverer:
    """Works the effects off until it is told to stop."""

    def __init__(self, outside: Dependencies, *, write_budget_s: float) -> None:
        self._outside = outside
        self._write_budget_s = write_budget_s
        self._running: dict[int, _Attempt] = {}
        self._failures = 0
        self._beat = time.monotonic()
        # Blocking calls of every slot, and one for claiming.
        self._threads = ThreadPoolExecutor(AT_ONCE + 1, "deliver")

    def is_ready(self) -> bool:
        """Tell whether the last claim went well, and not long ago."""
        return not self._failures and not self.is_stuck()

    def is_stuck(self) -> bool:
        """Tell whether nothing has moved for so long that it never will."""
        return time.monotonic() - self._beat > SILENT_S

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping` is set; what is being sent then is finished."""
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
        """Claim as many effects as there is room for; return the pause until the next time."""
        self._beat = time.monotonic()
        room = AT_ONCE - len(self._running)
        if room == 0:
            return IDLE_S
        try:
            claimed = await self._call(self._outside.store.claim, room)
        except DatabaseUnavailable as error:
            if not self._failures:
                log.error("claim-failed", reason=str(error))  # noqa: TRY400 - the reason says it all
            self._failures += 1
            return BACKOFF_S
        self._failures = 0
        for effect in claimed:
            attempt = _Attempt(effect)
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

    async def _carry_out(self, attempt: _Attempt) -> None:
        effect = attempt.effect
        bound = {"effect_id": effect.claim.id, "auction_id": effect.end.auction_id}
        structlog.contextvars.bind_contextvars(kind=effect.kind.value, **bound)
        told = {"auction.id": effect.end.auction_id, "effect.kind": effect.kind.value}
        counted = {"effect.id": effect.claim.id, "effect.attempt": effect.attempts}
        with self._outside.tracer.span("effect", {**told, **counted}) as span:
            attempt.span = span
            await self._see_through(attempt)

    async def _see_through(self, attempt: _Attempt) -> None:
        """Make an attempt and record what it came to, whatever that is."""
        effect = attempt.effect
        try:
            end = await self._attempt(attempt)
        except asyncio.CancelledError:
            await self._record(partial(self._outside.store.give_back, effect.claim))
        except DatabaseUnavailable as error:
            # The lease ends by itself; what is frozen stays.
            log.warning("effect-left", reason=str(error))
        else:
            if end is not None:
                attempt.is_committed = True
                following = await self._finish(effect, end)
                attempt.span.tell("effect.state", following.state.value)
        finally:
            del self._running[effect.claim.id]

    async def _attempt(self, attempt: _Attempt) -> _End | None:
        """Return what an attempt came to; `None` where it is recorded, or another's by now."""
        effect = attempt.effect
        if effect.was_in_flight:
            lost = Sending(DeliveryOutcome.MAYBE, "a worker was lost while it was sending")
            return _End(lost)
        try:
            frozen = effect.frozen or await self._write(attempt)
            if isinstance(frozen, Letter):
                return await self._mail(attempt, frozen)
            if isinstance(frozen, Post):
                return await self._post(attempt, frozen)
        except Unobtainable as error:
            return _End(Sending(DeliveryOutcome.POSTPONED, f"waits: {error}"))
        except LotUnknown:
            return _End(Sending(DeliveryOutcome.NOT_SENT, "the auction is not known"))
        except TimeoutError:
            return _End(Sending(DeliveryOutcome.NOT_SENT, "writing took too long"))
        except DatabaseUnavailable:
            raise
        except Exception as error:
            log.exception("effect-failed")
            outcome = DeliveryOutcome.MAYBE if attempt.is_in_flight else DeliveryOutcome.NOT_SENT
            return _End(Sending(outcome, type(error).__name__))
        return frozen if isinstance(frozen, _End) else None

    async def _write(self, attempt: _Attempt) -> Frozen | _End | None:
        """Return what is fixed to be sent, an end where there is nothing to send, or neither."""
        effect, outside = attempt.effect, self._outside
        policy = await self._call(outside.people.policy)
        if effect.kind is Kind.DISCORD and not policy.tells_of(Status(effect.end.status)):
            return _End(Sending(DeliveryOutcome.SKIPPED, "the house does not post such an end"))
        with outside.tracer.span("facts"):
            facts = await self._call(outside.lots.facts, effect.end, policy.house)
        with outside.tracer.span("write") as span:
            async with asyncio.timeout(self._write_budget_s):
                written = await outside.writer.write(effect.kind, facts)
            _tell(span, written)
        label = label_of(written)
        attempt.is_committed = True
        claim = effect.claim
        if isinstance(written.text, Report):
            report = as_markdown(written.text, clean(facts))
            if await self._call(outside.store.publish, claim, report, written, label):
                attempt.span.tell("effect.state", State.DONE.value)
            else:
                _lost()
            return None
        frozen = self._compose(effect, facts, written, label)
        if not await self._call(outside.store.freeze, claim, frozen, written, label):
            _lost()
            return None
        return frozen

    def _compose(self, effect: Claimed, facts: Facts, written: Written, label: str) -> Frozen:
        link = f"{self._outside.public_url.rstrip('/')}/leiloes/{effect.end.auction_id}"
        now = Circumstances(link, label, dated_at_ms=time.time_ns() // 1_000_000)
        match written.text:
            case WinnerEmail() | SellerEmail() as text:
                report = effect.report if effect.kind is Kind.EMAIL_SELLER else None
                return letter(effect.kind, text, clean(facts), report, now)
            case DiscordPost() as text:
                return post(text, clean(facts), now)
            case Report() as text:
                return text

    async def _mail(self, attempt: _Attempt, frozen: Letter) -> _End | None:
        effect, outside = attempt.effect, self._outside
        attempt.is_committed = True
        if outside.mailer is None:
            return _End(Sending(DeliveryOutcome.DONE, ""), DeliveryChannel.OUTBOX)
        policy = await self._call(outside.people.policy)
        to = await self._call(outside.people.contact, _recipient(effect).account_id)
        if to is None:
            return _End(Sending(DeliveryOutcome.SKIPPED, "the account is gone"))
        if not await self._begin(attempt):
            return None
        seed = seed_of(effect.end.auction_id, effect.kind)
        send = partial(outside.mailer.send, frozen, policy.sender_name, to, seed)
        return _End(await self._send(send, DeliveryChannel.MAIL), DeliveryChannel.MAIL)

    async def _post(self, attempt: _Attempt, frozen: Post) -> _End | None:
        attempt.is_committed = True
        if self._outside.poster is None:
            return _End(Sending(DeliveryOutcome.DONE, ""), DeliveryChannel.OUTBOX)
        if not await self._begin(attempt):
            return None
        post = partial(self._outside.poster.post, frozen)
        return _End(await self._send(post, DeliveryChannel.DISCORD), DeliveryChannel.DISCORD)

    async def _send(self, send: Callable[[], Sending], channel: DeliveryChannel) -> Sending:
        with self._outside.tracer.span("send", {"channel": channel.value}) as span:
            sending = await self._call(send)
            span.tell("outcome", sending.outcome.value)
        return sending

    async def _begin(self, attempt: _Attempt) -> bool:
        attempt.is_in_flight = await self._call(self._outside.store.begin, attempt.effect.claim)
        if not attempt.is_in_flight:
            _lost()
        return attempt.is_in_flight

    async def _finish(self, effect: Claimed, end: _End) -> Next:
        """Record what an attempt came to; return where the effect goes."""
        sending = end.sending
        metrics.ATTEMPTS.labels(effect.kind.value, sending.outcome.value).inc()
        following = after(
            effect.kind,
            sending.outcome,
            effect.attempts,
            chance=random.random(),  # noqa: S311 - no secret, it spreads attempts
            wait_s=sending.wait_s,
        )
        is_done = sending.outcome is DeliveryOutcome.DONE
        if not is_done:
            log.info("effect-attempted", outcome=sending.outcome.value, note=sending.note)
        channel = end.channel if is_done else None
        recording = partial(
            self._outside.store.finish, effect.claim, following, sending.note, channel
        )
        await self._record(recording)
        return following

    async def _record(self, recording: Callable[[], bool]) -> None:
        """Record what came of an effect, as often as it takes within a lease."""
        for _ in range(RECORD_TRIES):
            try:
                if not await self._call(recording):
                    _lost()
            except DatabaseUnavailable:
                await asyncio.sleep(BACKOFF_S)
            else:
                return
        log.error("effect-not-recorded")

    def _call(self, function: Callable[..., Result], *arguments: object) -> Awaitable[Result]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._threads, partial(function, *arguments))


def _tell(span: Span, written: Written) -> None:
    span.tell("text.source", written.source.value)
    span.tell("text.provider", written.provider or "")
    span.tell("text.model", written.model or "")
    span.tell("text.input_tokens", written.input_tokens)
    span.tell("text.output_tokens", written.output_tokens)


def label_of(written: Written) -> str:
    """Return who wrote a text, as its readers are told."""
    match written.source:
        case Source.MODEL:
            return f"IA: {written.model}"
        case Source.FALLBACK:
            return f"modelo fixo (IA falhou: {written.failure})"
        case Source.TEMPLATE:
            return "modelo fixo (sem IA)"


def _recipient(effect: Claimed) -> Recipient:
    found = recipient_of(effect.kind, seller=effect.end.seller, winner=effect.end.winner)
    if found is None:
        raise ValueError("there is nobody to write to")
    return found


def _lost() -> None:
    metrics.LEASES_LOST.inc()
    log.warning("lease-lost")
