import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from martelo.runtime.http import HttpAnswer, HttpFailed
from martelo.storefront.neighbours import Neighbours


class Street:
    """Contexts by address: a status, no answer at all, or one that never comes."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpAnswer:
        assert (method, headers, content) == ("GET", None, None)
        if url == "http://hung/readyz":
            self.over.wait(10)
        if url == "http://gone/readyz":
            raise HttpFailed("refused")
        return HttpAnswer(503 if url == "http://unready/readyz" else 200, {}, b"")


class TestReady:
    def test_asks_all_at_once_and_waits_for_none_too_long(self) -> None:
        street = Street()
        urls = {name: f"http://{name}" for name in ("hung", "gone", "unready", "up")}

        with ThreadPoolExecutor(4) as executor:
            ready = Neighbours(urls, street, executor).ready()
            street.over.set()

        assert ready == {"hung": False, "gone": False, "unready": False, "up": True}
