"""How the live store is asked: to the right server, acknowledged, with every failure named.

A change is acknowledged only when its own reply came and, where replicas are asked for, when
`WAIT` counted them: otherwise its outcome is unknown. Nothing is retried but a
redirection, since a call that was redirected was not carried out.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from redis.exceptions import (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    MovedError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TryAgainError,
)

from martelo.auctions.adapters.live_store.calls import Call
from martelo.auctions.adapters.live_store.keys import partition_keys
from martelo.auctions.ports.failures import OutcomeUnknown, StoreUnavailable
from martelo.runtime.valkey.client import Valkey
from martelo.runtime.valkey.connection_pool import ConnectionPool, NotSent

MAX_MOVES = 3
LOST = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)

Reply = Any
Words = tuple[str | int | bytes, ...]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Durability:
    """How many replicas must hold a change before it is acknowledged, and how long to wait."""

    replicas: int = 0
    timeout_ms: int = 1_000


class Connection:
    """The store's servers; shared by the threads of a process."""

    def __init__(self, valkey: Valkey, durability: Durability) -> None:
        self._valkey = valkey
        self._durability = durability

    def ask(self, key: str, *words: str | float | bytes) -> Reply:
        """Return the reply to a command whose repetition would do no harm.

        Raises:
            StoreUnavailable: There was none.
        """
        for _ in range(MAX_MOVES):
            try:
                (reply,) = self._valkey.pool_of(key).exchange(words)
                return _unless_error(reply)
            except MovedError:
                self._refresh()
            except RedisError as error:
                self._refresh_after(error)
                raise StoreUnavailable(str(error)) from error
        raise StoreUnavailable("the cluster keeps moving")

    def ask_partitions(
        self, partitions: Sequence[int], commands: Callable[[int], list[Words]]
    ) -> dict[int, list[Reply]]:
        """Return the replies to each partition's `commands`, in one round trip per server.

        Raises:
            StoreUnavailable: A server did not answer.
        """
        for _ in range(MAX_MOVES):
            try:
                return self._one_round(partitions, commands)
            except MovedError:
                self._refresh()
            except RedisError as error:
                self._refresh_after(error)
                raise StoreUnavailable(str(error)) from error
        raise StoreUnavailable("the cluster keeps moving")

    def by_server(self, partitions: Sequence[int]) -> list[list[int]]:
        """Return the partitions grouped by the server that owns them."""
        owned: dict[ConnectionPool | None, list[int]] = defaultdict(list)
        for partition in partitions:
            try:
                pool = self._valkey.pool_of(partition_keys(partition).ends)
            except RedisError:
                pool = None
            owned[pool].append(partition)
        return list(owned.values())

    def ask_reachable(
        self, partitions: Sequence[int], commands: Callable[[int], list[Words]]
    ) -> tuple[dict[int, list[Reply]], StoreUnavailable | None]:
        """Return what `ask_partitions` does of the servers that answer, and a failure of one."""
        answers: dict[int, list[Reply]] = {}
        failure: StoreUnavailable | None = None
        for group in self.by_server(partitions):
            try:
                answers |= self.ask_partitions(group, commands)
            except StoreUnavailable as error:
                failure = error
        return answers, failure

    def decide(self, call: Call) -> Reply:
        """Return the acknowledged reply to a call that may change something.

        Raises:
            OutcomeUnknown: It was sent, and it may have happened.
            StoreUnavailable: It cannot have happened.
        """
        return self.change(call.keys[0], *call.command)

    def ask_each(self, calls: Sequence[Call]) -> list[Reply | StoreUnavailable]:
        """Return the reply to each call that only reads, or why there is none.

        One round trip a server; one that is gone takes nothing from the others' answers.
        """
        return [
            StoreUnavailable(str(answer)) if isinstance(answer, RedisError) else answer
            for answer in self._each(calls, ())
        ]

    def decide_each(self, calls: Sequence[Call]) -> list[Reply | OutcomeUnknown | StoreUnavailable]:
        """Return the acknowledged reply to each call, or what became of it; see `decide`.

        One round trip a server, so one `WAIT` counts for all of its calls.
        """
        durability = self._durability
        wait: Words = ("WAIT", durability.replicas, durability.timeout_ms)
        answers = self._each(calls, wait if durability.replicas else ())
        return [
            _what_became_of(answer) if isinstance(answer, RedisError) else answer
            for answer in answers
        ]

    def change(self, key: str, *words: str | float | bytes) -> Reply:
        """Return the acknowledged reply to a command that changes something; see `decide`."""
        for _ in range(MAX_MOVES):
            try:
                return self._acknowledged(self._valkey.pool_of(key), words)
            except MovedError:
                self._refresh()
            except RedisError as error:
                self._refresh_after(error)
                if was_refused_whole(error):
                    raise StoreUnavailable(str(error)) from error
                raise OutcomeUnknown(str(error)) from error
        raise StoreUnavailable("the cluster keeps moving")

    def _acknowledged(self, pool: ConnectionPool, words: tuple[str | float | bytes, ...]) -> Reply:
        durability = self._durability
        if not durability.replicas:
            (reply,) = pool.exchange(words)
            return _unless_error(reply)
        wait = ("WAIT", durability.replicas, durability.timeout_ms)
        reply, held = pool.exchange(words, wait)
        _unless_error(reply)
        require_held(held, durability.replicas)
        return reply

    def _one_round(
        self, partitions: Sequence[int], commands: Callable[[int], list[Words]]
    ) -> dict[int, list[Reply]]:
        owned: dict[ConnectionPool, list[int]] = {}
        for partition in partitions:
            pool = self._valkey.pool_of(partition_keys(partition).ends)
            owned.setdefault(pool, []).append(partition)
        answers: dict[int, list[Reply]] = {}
        for pool, parts in owned.items():
            asked = {partition: commands(partition) for partition in parts}
            words = (words for queue in asked.values() for words in queue)
            replies = map(_unless_error, pool.exchange(*words))
            for partition, queue in asked.items():
                answers[partition] = [next(replies) for _ in queue]
        return answers

    def _each(self, calls: Sequence[Call], wait: Words) -> list[Reply | RedisError]:
        """Return the reply to each call, or its failure, independent of the others."""
        left = dict(enumerate(calls))
        answers: dict[int, Reply | RedisError] = {}
        for _ in range(MAX_MOVES):
            answers |= self._round(left, wait)
            left = {at: calls[at] for at in left if isinstance(answers[at], MovedError)}
            if not left:
                break
            try:
                self._refresh()
            except StoreUnavailable:
                break
        return [answers[at] for at in range(len(calls))]

    def _round(self, calls: Mapping[int, Call], wait: Words) -> dict[int, Reply | RedisError]:
        answers: dict[int, Reply | RedisError] = {}
        owned: dict[ConnectionPool, list[int]] = defaultdict(list)
        for at, call in calls.items():
            try:
                owned[self._valkey.pool_of(call.keys[0])].append(at)
            except RedisError as error:
                self._refresh_after(error)
                answers[at] = error
        for pool, numbers in owned.items():
            try:
                replies = self._exchange(pool, [calls[at].command for at in numbers], wait)
            except OutcomeUnknown as unknown:
                replies = [unknown] * len(numbers)
            except RedisError as error:
                self._refresh_after(error)
                replies = [error] * len(numbers)
            answers |= zip(numbers, replies, strict=True)
        return answers

    def _exchange(
        self, pool: ConnectionPool, commands: Sequence[Words], wait: Words
    ) -> list[Reply]:
        """Return the replies of one server, errors among them; raise what concerns them all."""
        if not wait:
            return pool.exchange(*commands)
        *replies, held = pool.exchange(*commands, wait)
        require_held(held, self._durability.replicas)
        return replies

    def _refresh(self) -> None:
        try:
            self._valkey.refresh()
        except RedisError as error:
            raise StoreUnavailable(str(error)) from error

    def _refresh_after(self, failure: RedisError) -> None:
        """Learn the topology for the next call: a server that is gone redirects nobody."""
        if not isinstance(failure, LOST):
            return
        try:
            self._valkey.refresh()
        except RedisError as error:
            # The failure at hand is the one to raise.
            log.debug("topology-unknown", error=str(error))


def _what_became_of(error: RedisError) -> OutcomeUnknown | StoreUnavailable:
    """Return what the failure of a call that may change something says of it."""
    if isinstance(error, MovedError) or was_refused_whole(error):
        return StoreUnavailable(str(error))
    return OutcomeUnknown(str(error))


REFUSED_BEFORE_RUNNING = (
    AskError,
    BusyLoadingError,
    ClusterDownError,
    NotSent,
    OutOfMemoryError,
    ReadOnlyError,
    TryAgainError,
)


def was_refused_whole(error: Exception) -> bool:
    """Return whether a call was never sent, or refused by a server before any of it ran.

    redis-py has classes for most such errors and takes their first word off the message. NOPERM
    is not one of them: a function may meet it after it has written.
    """
    if isinstance(error, REFUSED_BEFORE_RUNNING):
        return True
    return any(words in str(error) for words in ("Function not found", "MISCONF", "NOREPLICAS"))


def require_held(held: Reply, replicas: int) -> None:
    """Check the reply to `WAIT`, whose call has run.

    Raises:
        OutcomeUnknown: Too few replicas have the change, or it is not known how many.
    """
    if isinstance(held, Exception):
        raise OutcomeUnknown(str(held)) from held
    if held < replicas:
        raise OutcomeUnknown(f"{held} of {replicas} replicas hold it")


def _unless_error(reply: Reply) -> Reply:
    """Return a reply, or raise it where it is an error."""
    if isinstance(reply, RedisError):
        raise reply
    return reply
