"""One attempt at an effect: write, freeze, send.

The text is stored before the first send, so a repetition says the same. The row is marked before
sending begins, so a worker that dies while sending leaves a *maybe* behind, not a gap.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog

from martelo.agent.domain.effects import DeliveryOutcome, State
from martelo.agent.domain.facts import Facts, Status
from martelo.agent.domain.frozen import Frozen, Letter, Post
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.letters import MessageDetails
from martelo.agent.domain.naming import as_markdown
from martelo.agent.domain.recipients import Recipient, recipient_of, seed_of
from martelo.agent.domain.texts import Kind, Report
from martelo.agent.ports.contexts import ContextUnavailable, LotNotFound, Lots, People
from martelo.agent.ports.delivery import Mailer, Poster, SendResult
from martelo.agent.ports.effects import Claimed, DeliveryChannel, EffectStore
from martelo.agent.ports.writing import Writer, Written
from martelo.agent.worker.freezing import Message, frozen_message, label_of, link_to
from martelo.agent.worker.metrics import WorkerMetrics
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.process.tracing import SILENCE, UNTRACED, Span, Tracer

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The worker's ports; without `mailer` or `poster`, messages are stored in the outbox."""

    store: EffectStore
    writer: Writer
    lots: Lots
    people: People
    mailer: Mailer | None
    poster: Poster | None
    public_url: str
    metrics: WorkerMetrics
    tracer: Tracer = UNTRACED


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The result of an attempt; `channel` is where the message went, if it did."""

    result: SendResult
    channel: DeliveryChannel | None = None


@dataclass(slots=True)
class Attempt:
    """A claimed effect that this worker is carrying out."""

    effect: Claimed
    is_committed: bool = False
    """From now on the attempt is completed, even if the worker stops."""
    is_in_flight: bool = False
    task: "asyncio.Task[None] | None" = field(default=None)
    span: Span = SILENCE


class Attempter:
    """Makes attempts; blocking calls run in `threads`."""

    def __init__(self, outside: Dependencies, threads: Executor, *, write_budget_s: float) -> None:
        self._outside = outside
        self._threads = threads
        self._write_budget_s = write_budget_s

    async def make(self, attempt: Attempt) -> Conclusion | None:
        """Return the result to record; `None` if it is recorded, or another worker has the lease.

        Raises:
            DatabaseUnavailable: The effect keeps its lease until that expires.
        """
        if attempt.effect.was_in_flight:
            return _concluded(DeliveryOutcome.MAYBE, "a worker was lost while it was sending")
        try:
            return await self._write_and_send(attempt)
        except ContextUnavailable as error:
            return _concluded(DeliveryOutcome.POSTPONED, f"waits: {error}")
        except LotNotFound:
            return _concluded(DeliveryOutcome.NOT_SENT, "the auction is not known")
        except TimeoutError:
            return _concluded(DeliveryOutcome.NOT_SENT, "writing took too long")
        except DatabaseUnavailable:
            raise
        except Exception as error:
            log.exception("effect-failed")
            outcome = DeliveryOutcome.MAYBE if attempt.is_in_flight else DeliveryOutcome.NOT_SENT
            return _concluded(outcome, type(error).__name__)

    def call(self, function: Callable[..., Result], *arguments: object) -> Awaitable[Result]:
        """Run a blocking call in a thread."""
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._threads, partial(function, *arguments))

    async def _write_and_send(self, attempt: Attempt) -> Conclusion | None:
        message = attempt.effect.frozen or await self._write(attempt)
        match message:
            case Letter():
                return await self._mail(attempt, message)
            case Post():
                return await self._post(attempt, message)
            case Conclusion():
                return message
            case _:
                return None

    async def _write(self, attempt: Attempt) -> Frozen | Conclusion | None:
        """Write the text and store it; a report is published at once, and then `None` returned."""
        effect, outside = attempt.effect, self._outside
        policy = await self.call(outside.people.policy)
        if effect.kind is Kind.DISCORD and not policy.is_posted(Status(effect.end.status)):
            return _concluded(DeliveryOutcome.SKIPPED, "the house does not post such an end")
        with outside.tracer.span("facts"):
            facts = await self.call(outside.lots.facts, effect.end, policy.house)
        with outside.tracer.span("write") as span:
            async with asyncio.timeout(self._write_budget_s):
                written = await outside.writer.write(effect.kind, facts)
            _describe(span, written)
        attempt.is_committed = True
        if isinstance(written.text, Report):
            await self._publish(attempt, as_markdown(written.text, clean(facts)), written)
            return None
        return await self._freeze(attempt, written.text, facts, written)

    async def _publish(self, attempt: Attempt, report: Report, written: Written) -> None:
        claim, label = attempt.effect.claim, label_of(written)
        if await self.call(self._outside.store.publish, claim, report, written, label):
            attempt.span.set_attribute("effect.state", State.DONE.value)
        else:
            note_lost_lease(self._outside.metrics)

    async def _freeze(
        self, attempt: Attempt, text: Message, facts: Facts, written: Written
    ) -> Letter | Post | None:
        effect, label = attempt.effect, label_of(written)
        link = link_to(self._outside.public_url, effect.end.auction_id)
        now = MessageDetails(link, label, dated_at_ms=time.time_ns() // 1_000_000)
        message = frozen_message(effect, text, facts, now)
        if await self.call(self._outside.store.freeze, effect.claim, message, written, label):
            return message
        note_lost_lease(self._outside.metrics)
        return None

    async def _mail(self, attempt: Attempt, letter: Letter) -> Conclusion | None:
        effect, outside = attempt.effect, self._outside
        attempt.is_committed = True
        if outside.mailer is None:
            return _concluded(DeliveryOutcome.DONE, "", DeliveryChannel.OUTBOX)
        policy = await self.call(outside.people.policy)
        to = await self.call(outside.people.contact, _recipient(effect).account_id)
        if to is None:
            return _concluded(DeliveryOutcome.SKIPPED, "the account is gone")
        seed = seed_of(effect.end.auction_id, effect.kind)
        send = partial(outside.mailer.send, letter, policy.sender_name, to, seed)
        return await self._send(attempt, send, DeliveryChannel.MAIL)

    async def _post(self, attempt: Attempt, post: Post) -> Conclusion | None:
        attempt.is_committed = True
        if self._outside.poster is None:
            return _concluded(DeliveryOutcome.DONE, "", DeliveryChannel.OUTBOX)
        send = partial(self._outside.poster.post, post)
        return await self._send(attempt, send, DeliveryChannel.DISCORD)

    async def _send(
        self, attempt: Attempt, send: Callable[[], SendResult], channel: DeliveryChannel
    ) -> Conclusion | None:
        attempt.is_in_flight = await self.call(self._outside.store.begin, attempt.effect.claim)
        if not attempt.is_in_flight:
            note_lost_lease(self._outside.metrics)
            return None
        with self._outside.tracer.span("send", {"channel": channel.value}) as span:
            result = await self.call(send)
            span.set_attribute("outcome", result.outcome.value)
        return Conclusion(result, channel)


def note_lost_lease(metrics: WorkerMetrics) -> None:
    """Count and log that another worker has claimed the effect."""
    metrics.leases_lost.inc()
    log.warning("lease-lost")


def _concluded(
    outcome: DeliveryOutcome, note: str, channel: DeliveryChannel | None = None
) -> Conclusion:
    return Conclusion(SendResult(outcome, note), channel)


def _describe(span: Span, written: Written) -> None:
    span.set_attribute("text.source", written.source.value)
    span.set_attribute("text.provider", written.provider or "")
    span.set_attribute("text.model", written.model or "")
    span.set_attribute("text.input_tokens", written.input_tokens)
    span.set_attribute("text.output_tokens", written.output_tokens)


def _recipient(effect: Claimed) -> Recipient:
    end = effect.end
    found = recipient_of(effect.kind, seller=end.seller, winner=end.winner)
    if found is None:
        raise ValueError("the effect has no recipient")
    return found
