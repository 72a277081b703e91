"""What Pub/Sub publishes, read by a thread that waits for it.

Each message is a hint: one that is published while nobody reads is lost. Every function raises
redis-py's errors when the subscription breaks.
"""

from collections.abc import Iterator
from contextlib import closing

import redis
from redis.client import PubSub
from redis.exceptions import RedisError

MAX_SILENCES = 3
"""Pings without an answer after which a subscription counts as broken."""

Message = tuple[str, bytes]


def channel_messages(
    client: "redis.Redis", channel: str, timeout_s: float
) -> Iterator[Message | None]:
    """Yield channel and payload of what is published on `channel`, `None` after each silence."""
    with closing(_open(client)) as subscription:
        subscription.subscribe(channel)
        yield from _messages(subscription, timeout_s)


def pattern_messages(
    client: "redis.Redis", pattern: str, timeout_s: float
) -> Iterator[Message | None]:
    """Yield what is published on every channel that matches `pattern`, as `channel_messages`."""
    with closing(_open(client)) as subscription:
        subscription.psubscribe(pattern)
        yield from _messages(subscription, timeout_s)


def _open(client: "redis.Redis") -> PubSub:
    return client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call,no-any-return]


def _messages(subscription: PubSub, timeout_s: float) -> Iterator[Message | None]:
    silences = 0
    while silences < MAX_SILENCES:
        message = subscription.get_message(timeout=timeout_s)
        if message is None:
            silences += 1
            subscription.ping()
            yield None
            continue
        silences = 0
        if message["type"] in {"message", "pmessage"}:
            yield message["channel"].decode(), message["data"]
    raise RedisError("the subscription does not answer")
