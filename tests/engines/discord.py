"""A fake of Discord's webhooks: limits in UTF-16 units, rate limit, and faults on request.

Its rate (5 posts in 2 s) and error messages were not compared with the real service.
"""

import contextlib
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "segredo-do-webhook"
CONTENT, TITLE, DESCRIPTION, FOOTER = 2_000, 256, 4_096, 2_048
FIELDS, FIELD_NAME, FIELD_VALUE, EMBEDS, IN_ALL = 25, 256, 1_024, 10, 6_000
FAULTS = ("429", "503", "500", "drop")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Discord:
    """The saved posts; `fault` returns the fault of the next call, if any."""

    fault: Callable[[], str | None] = lambda: None
    is_gone: bool = False
    posts_in_window: int = 5
    window_s: float = 2.0
    posts: list[dict[str, Any]] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    url: str = ""
    _recent: deque[float] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def links(self) -> Counter[str]:
        """Return how often each lot was posted."""
        return Counter(str(post["embeds"][0]["url"]) for post in self.posts)

    def take(self, path: str, body: bytes) -> tuple[int, dict[str, str], Any] | None:
        """Return status, headers and body of an answer; `None` drops the connection."""
        with self._lock:
            address, _, query = path.partition("?")
            if self.is_gone or address != f"/api/webhooks/1/{TOKEN}":
                return 404, {}, {"message": "Unknown Webhook", "code": 10015}
            fault = self.fault()
            if fault == "503":
                return 503, {}, {"message": "upstream"}
            if fault == "429" or not self._has_room():
                wait_s = 0.3 if fault == "429" else self.window_s
                headers = {"Retry-After": "1", "X-RateLimit-Remaining": "0"}
                limited = {"message": "You are being rate limited.", "retry_after": wait_s}
                return 429, headers, limited
            post = json.loads(body)
            wrong = faults_of(post)
            if wrong:
                return 400, {}, {"message": "Invalid Form Body", "errors": wrong}
            self._recent.append(time.monotonic())
            self.posts.append(post)
            if fault == "drop":
                return None
            if fault == "500":
                return 500, {}, {"message": "internal"}
            headers = {"X-RateLimit-Limit": str(self.posts_in_window)}
            return (200, headers, {"id": "1"}) if "wait=true" in query else (204, headers, None)

    def _has_room(self) -> bool:
        begins = time.monotonic() - self.window_s
        while self._recent and self._recent[0] < begins:
            self._recent.popleft()
        return len(self._recent) < self.posts_in_window


def faults_of(post: dict[str, Any]) -> list[str]:
    """Return the names of the limits that a message breaks."""
    embeds = post.get("embeds", [])
    found = []
    if units(post.get("content", "")) > CONTENT:
        found.append("content")
    if not (embeds or post.get("content")):
        found.append("empty")
    if len(embeds) > EMBEDS:
        found.append("embeds")
    texts: list[str] = []
    for embed in embeds:
        fields = embed.get("fields", [])
        limited = [
            ("title", embed.get("title", ""), TITLE),
            ("description", embed.get("description", ""), DESCRIPTION),
            ("footer", embed.get("footer", {}).get("text", ""), FOOTER),
            *(("field name", each["name"], FIELD_NAME) for each in fields),
            *(("field value", each["value"], FIELD_VALUE) for each in fields),
        ]
        found += [name for name, text, limit in limited if units(text) > limit]
        found += ["empty field" for each in fields if not (each["name"] and each["value"])]
        if len(fields) > FIELDS:
            found.append("fields")
        texts += [text for _, text, _ in limited]
    if sum(map(units, texts)) > IN_ALL:
        found.append("in all")
    return found


@contextlib.contextmanager
def answering(discord: Discord) -> Iterator[Discord]:
    """Run the fake on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken = discord.take(self.path, body)
            if taken is None:
                self.close_connection = True
                self.connection.shutdown(2)
                return
            status, headers, answer = taken
            discord.answered.append(status)
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    discord.url = f"http://127.0.0.1:{server.server_address[1]}/api/webhooks/1/{TOKEN}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield discord
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
