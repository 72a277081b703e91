"""Discord: one embed by webhook, never twice by itself, and never an unmeant mention.

A webhook knows no idempotency key. So only what surely was not saved is tried again: a refused
connection, 429, and 503, which is answered before anything is done. Whatever may have been saved
and its answer lost is `MAYBE`. The webhook's address is its password and stands in no log.
"""

import re
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from prometheus_client import Gauge

from martelo.agent.domain.effects import DeliveryOutcome
from martelo.agent.domain.frozen import Post
from martelo.agent.ports.delivery import SendResult
from martelo.runtime.http.client import Http, HttpFailed, HttpUnreached

TITLE, DESCRIPTION = 256, 4096
FOOTER = 256
"""Discord takes 2048, but then the three would not fit together."""

FIELDS, FIELD_NAME, FIELD_VALUE = 25, 256, 1024
IN_ALL = 6_000
CLOSED_WAIT_S = 300.0
MAX_WAIT_S = 3_600.0

WEBHOOK_CLOSED = Gauge(
    "martelo_agent_webhook_closed", "Whether the webhook is gone, so that nothing is posted."
)

_GONE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
_MARKUP = re.compile(r"[\\*_~`|<>\[\](){}#@:+.-]")

log = structlog.get_logger(__name__)


class DiscordWebhook:
    """`Poster` on a webhook.

    401 and 404 are the webhook's own, and calling on counts towards a ban; so then nothing is
    sent as long as this process lives, which is until the setting changes.
    """

    def __init__(self, url: str, http: Http, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = f"{url}{'&' if '?' in url else '?'}wait=true"
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._open_at = 0.0
        self._is_closed = False

    def post(self, post: Post) -> SendResult:
        """Post once."""
        with self._lock:
            wait_s = self._open_at - self._clock()
            if self._is_closed:
                return SendResult(DeliveryOutcome.POSTPONED, "the webhook is gone", CLOSED_WAIT_S)
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
                self._open_at = max(self._open_at, self._clock() + wait_s)
            return SendResult(DeliveryOutcome.POSTPONED, note, wait_s)
        if status in _GONE:
            self._close(status)
            return SendResult(
                DeliveryOutcome.POSTPONED, f"{note}: the webhook is gone", CLOSED_WAIT_S
            )
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            return SendResult(DeliveryOutcome.NOT_SENT, note)
        if 400 <= status < 500:
            return SendResult(DeliveryOutcome.NEVER, note)
        return SendResult(DeliveryOutcome.MAYBE, note)

    def _close(self, status: int) -> None:
        with self._lock:
            self._is_closed = True
        WEBHOOK_CLOSED.set(1)
        log.error("webhook-gone", status=status, wanted="another DISCORD_WEBHOOK_URL")


def payload_of(post: Post) -> dict[str, Any]:
    """Return the message of a post, within every limit, in which nothing but the link acts."""
    title, description = fit(post.title, TITLE), fit(post.description, DESCRIPTION)
    footer = cut(post.footer, FOOTER)
    left = IN_ALL - sum(map(utf16_length, (title, description, footer)))
    fields = []
    for row in post.rows[:FIELDS]:
        name, value = fit(row.name, FIELD_NAME), fit(row.value, FIELD_VALUE)
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
    """Return how long Discord takes a text to be."""
    return len(text.encode("utf-16-le")) // 2


def fit(text: str, limit: int) -> str:
    """Return `text` without effect as Markdown, or what fits of it and `…`."""
    return _take([_MARKUP.sub(r"\\\g<0>", character) for character in text], limit)


def cut(text: str, limit: int) -> str:
    """Return `text`, or what fits of it and `…`."""
    return _take(list(text), limit)


def _take(pieces: list[str], limit: int) -> str:
    whole = "".join(pieces)
    if utf16_length(whole) <= limit:
        return whole
    taken, length = [], 0
    for piece in pieces:
        length += utf16_length(piece)
        if length > limit - 1:
            break
        taken.append(piece)
    return "".join(taken) + "…"


def _retry_after_s(body: bytes, header: str) -> float:
    try:
        asked = orjson.loads(body)["retry_after"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        asked = header
    try:
        return min(max(float(asked), 0.0), MAX_WAIT_S)
    except (TypeError, ValueError):
        return 1.0
