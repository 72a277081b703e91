import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from martelo.runtime.http.client import HttpFailed, HttpResponse
from martelo.storefront.clients.service_health import ServiceHealth, State

ANSWERS = {
    "http://up/readyz": (200, b'{"status":"ok","store":"ok"}'),
    "http://feed/readyz": (200, b"ready\n"),
    "http://list/readyz": (200, b'["down"]'),
    "http://lacking/readyz": (200, b'{"status":"ok","store":"down"}'),
    "http://unready/readyz": (503, b"not ready\n"),
}


class Street:
    """Processes by address: an answer, none at all, or one that does not come before the end."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        assert (method, headers, content) == ("GET", None, None)
        if url == "http://hung/readyz":
            self.over.wait(10)
        if url not in ANSWERS:
            raise HttpFailed("refused")
        status, body = ANSWERS[url]
        return HttpResponse(status, {}, body)


@pytest.fixture
def street() -> Iterator[Street]:
    street = Street()
    yield street
    street.over.set()


def states(street: Street, threads: int, **urls: list[str]) -> dict[str, State]:
    executor = ThreadPoolExecutor(threads)
    found = ServiceHealth(urls, street, executor).check()()
    street.over.set()
    executor.shutdown()
    return found


class TestCheck:
    def test_asks_all_at_once_and_waits_for_none_too_long(self, street: Street) -> None:
        found = states(street, 4, hung=["http://hung"], gone=["http://gone"], up=["http://up/"])

        assert found == {"hung": State.UNREACHABLE, "gone": State.UNREACHABLE, "up": State.READY}

    @pytest.mark.parametrize(
        ("host", "state"),
        [
            ("up", State.READY),
            ("feed", State.READY),
            ("list", State.READY),
            ("lacking", State.DEGRADED),
            ("unready", State.DEGRADED),
            ("gone", State.UNREACHABLE),
        ],
    )
    def test_returns_the_state_of_a_service(self, street: Street, host: str, state: State) -> None:
        assert states(street, 1, part=[f"http://{host}"]) == {"part": state}

    def test_returns_the_best_of_a_services_processes(self, street: Street) -> None:
        gone, hung, lacking, up = (f"http://{host}" for host in ("gone", "hung", "lacking", "up"))

        assert states(street, 4, one=[hung, gone, lacking], all=[lacking, gone, up]) == {
            "one": State.DEGRADED,
            "all": State.READY,
        }

    def test_counts_what_was_not_checked_in_time_as_unreachable(self, street: Street) -> None:
        found = states(street, 1, hung=["http://hung"], up=["http://up"])

        assert found == {"hung": State.UNREACHABLE, "up": State.UNREACHABLE}
