"""Discord: one embed by webhook, never repeated automatically, without mentions.

Webhooks have no idempotency keys. So only a post that was certainly not saved is tried again: after
a refused connection, 429, and 503, which Discord answers before doing anything. A post that may be
saved is `MAYBE`. The webhook's address is its password and appears in no log.
"""

import re
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from prometheus_client import CollectorRegistry, Gauge

from martelo.agent.domain.effects import DeliveryOutcome
from martelo.agent.domain.frozen import Post
from martelo.agent.ports.delivery import SendResult
from martelo.runtime.http.client import Http, HttpFailed, HttpUnreached

MAX_TITLE, MAX_DESCRIPTION = 256, 4096
MAX_FOOTER = 256
"""Discord allows 2048, but not with a full title and description."""

MAX_FIELDS, MAX_FIELD_NAME, MAX_FIELD_VALUE = 25, 256, 1024
MAX_TOTAL = 6_000
GONE_WAIT_S = 300.0
MAX_WAIT_S = 3_600.0


_GONE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
_MARKUP = re.compile(r"[\\*_~`|<>\[\](){}#@:+.-]")

log = structlog.get_logger(__name__)


def webhook_closed(registry: CollectorRegistry) -> Gauge:
    """Return the gauge that a webhook sets; 0 also where there is no webhook."""
    return Gauge(
        "martelo_agent_webhook_closed",
        "Whether the webhook is gone, so that nothing is posted.",
        registry=registry,
    )


class DiscordWebhook:
    """`Poster` on a webhook.

    401 and 404 mean that the webhook is gone, and further calls count towards a ban. So nothing
    more is sent until the process restarts, with another setting.
    """

    def __init__(
        self,
        url: str,
        http: Http,
        closed: Gauge,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = f"{url}{'&' if '?' in url else '?'}wait=true"
        self._http = http
        self._closed = closed
        self._clock = clock
        self._lock = threading.Lock()
        self._paused_until = 0.0
        self._is_gone = False

    def post(self, post: Post) -> SendResult:
        """Post once."""
        with self._lock:
            wait_s = self._paused_until - self._clock()
            if self._is_gone:
                return SendResult(DeliveryOutcome.POSTPONED, "the webhook is gone", GONE_WAIT_S)
        if wait_s > 0:
            return SendResult(DeliveryOutcome.POSTPONED, "too many posts", wait_s)
        try:
            answer = self._http.send(
                "POST",
                self._url,
                headers={"Content-Type": "application/json"},
                content=orjson.dumps(payload_of(post)),
            )
        except HttpUnreached:
            return SendResult(DeliveryOutcome.NOT_SENT, "no connection")
        except HttpFailed:
            return SendResult(DeliveryOutcome.MAYBE, "no answer")
        return self._judge(answer.status, answer.headers.get("retry-after", ""), answer.body)

    def _judge(self, status: int, retry_after: str, body: bytes) -> SendResult:
        note = f"HTTP {status}"
        if 200 <= status < 300:
            return SendResult(DeliveryOutcome.DONE, note)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            wait_s = _retry_after_s(body, retry_after)
            with self._lock:
                self._paused_until = max(self._paused_until, self._clock() + wait_s)
            return SendResult(DeliveryOutcome.POSTPONED, note, wait_s)
        if status in _GONE:
            self._mark_gone(status)
            return SendResult(
                DeliveryOutcome.POSTPONED, f"{note}: the webhook is gone", GONE_WAIT_S
            )
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            return SendResult(DeliveryOutcome.NOT_SENT, note)
        if 400 <= status < 500:
            return SendResult(DeliveryOutcome.NEVER, note)
        return SendResult(DeliveryOutcome.MAYBE, note)

    def _mark_gone(self, status: int) -> None:
        with self._lock:
            self._is_gone = True
        self._closed.set(1)
        log.error("webhook-gone", status=status, action="set another DISCORD_WEBHOOK_URL")


def payload_of(post: Post) -> dict[str, Any]:
    """Return the message of a post, within Discord's limits; only its link is active."""
    title, description = fit(post.title, MAX_TITLE), fit(post.description, MAX_DESCRIPTION)
    footer = cut(post.footer, MAX_FOOTER)
    left = MAX_TOTAL - sum(map(utf16_length, (title, description, footer)))
    fields = []
    for row in post.rows[:MAX_FIELDS]:
        name, value = fit(row.name, MAX_FIELD_NAME), fit(row.value, MAX_FIELD_VALUE)
        left -= utf16_length(name) + utf16_length(value)
        if left < 0:
            break
        fields.append({"name": name or "–", "value": value or "–", "inline": True})
    return {
        "allowed_mentions": {"parse": []},
        "embeds": [
            {
                "title": title,
                "url": post.link,
                "description": description,
                "fields": fields,
                "footer": {"text": footer},
            }
        ],
    }


def utf16_length(text: str) -> int:
    """Return a text's length as Discord counts it."""
    return len(text.encode("utf-16-le")) // 2


def fit(text: str, limit: int) -> str:
    """Return `text` with its Markdown escaped, or what fits of it and `…`."""
    return _take([_MARKUP.sub(r"\\\g<0>", character) for character in text], limit)


def cut(text: str, limit: int) -> str:
    """Return `text`, or what fits of it and `…`."""
    return _take(list(text), limit)


def _take(pieces: list[str], limit: int) -> str:
    text = "".join(pieces)
    if utf16_length(text) <= limit:
        return text
    taken, length = [], 0
    for piece in pieces:
        length += utf16_length(piece)
        if length > limit - 1:
            break
        taken.append(piece)
    return "".join(taken) + "…"


def _retry_after_s(body: bytes, header: str) -> float:
    try:
        seconds = orjson.loads(body)["retry_after"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        seconds = header
    try:
        return min(max(float(seconds), 0.0), MAX_WAIT_S)
    except (TypeError, ValueError):
        return 1.0
