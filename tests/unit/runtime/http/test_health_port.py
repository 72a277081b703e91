import threading
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from martelo.runtime.http.health_port import STUCK_S, Health, Progress

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

THREADS = 2


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Busy:
    """An app whose requests wait until the test lets them be answered."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.go_on = threading.Event()

    def __call__(
        self, environment: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environment.get("PATH_INFO") != "/readyz":
            self.began.release()
            assert self.go_on.wait(20)
        start_response("200 OK", [("Content-Length", "0")])
        return []


def begin(progress: Progress, app: Busy, requests: int, cleanup: ExitStack) -> None:
    """Begin requests, each in a thread of its own, and return once the app has them."""
    follow = progress.follow(app)
    nothing: WSGIEnvironment = {}
    threads = [
        threading.Thread(target=follow, args=(nothing, lambda *_: None)) for _ in range(requests)
    ]
    for thread in threads:
        thread.start()
        cleanup.callback(thread.join)
    cleanup.callback(app.go_on.set)
    for _ in threads:
        assert app.began.acquire(timeout=20)


class TestProgress:
    def test_is_not_stuck_without_requests(self, clock: Clock) -> None:
        progress = Progress(THREADS, clock)

        clock.now = 10 * STUCK_S

        assert not progress.is_stuck

    def test_is_not_stuck_while_a_thread_is_free(self, clock: Clock) -> None:
        progress = Progress(THREADS, clock)
        with ExitStack() as cleanup:
            begin(progress, Busy(), THREADS - 1, cleanup)

            clock.now = 10 * STUCK_S

            assert not progress.is_stuck

    def test_is_stuck_where_every_thread_has_been_busy_for_too_long(self, clock: Clock) -> None:
        progress = Progress(THREADS, clock)
        with ExitStack() as cleanup:
            clock.now = 7.0
            begin(progress, Busy(), THREADS, cleanup)

            clock.now = 7.0 + STUCK_S
            before = progress.is_stuck
            clock.now += 0.1

            assert (before, progress.is_stuck) == (False, True)

    def test_is_not_stuck_once_a_request_has_been_answered(self, clock: Clock) -> None:
        progress, first = Progress(THREADS, clock), Busy()
        with ExitStack() as cleanup:
            begin(progress, Busy(), THREADS - 1, cleanup)
            with ExitStack() as answered:
                begin(progress, first, 1, answered)
                clock.now = 2 * STUCK_S
            begin(progress, Busy(), 1, cleanup)

            clock.now += STUCK_S

            assert not progress.is_stuck


class TestHealth:
    @staticmethod
    def status(health: Health, path: str) -> str:
        statuses: list[str] = []
        for _ in health({"PATH_INFO": path}, lambda status, *_: statuses.append(status)):  # type: ignore[arg-type]
            pass
        return statuses[0][:3]

    def test_is_all_that_is_answered(self, clock: Clock) -> None:
        health = Health(Busy(), Progress(THREADS, clock))

        statuses = [self.status(health, path) for path in ("/healthz", "/readyz", "/api", "/")]

        assert statuses == ["200", "200", "404", "404"]

    def test_says_that_a_worker_is_stuck(self, clock: Clock) -> None:
        progress, app = Progress(THREADS, clock), Busy()
        health = Health(app, progress)
        with ExitStack() as cleanup:
            begin(progress, app, THREADS, cleanup)

            clock.now = 2 * STUCK_S

            assert [self.status(health, path) for path in ("/healthz", "/readyz")] == ["503", "200"]
