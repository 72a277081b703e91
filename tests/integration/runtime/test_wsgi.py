"""Workers of one port: what they count, and what becomes of them when they are killed."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from pathlib import Path

import pytest

from engines.wsgi_process import READY_WITHIN_S, WsgiProcess
from martelo.runtime.http.granian_server import BLOCKING_THREADS


@pytest.fixture
def served(tmp_path: Path) -> Iterator[WsgiProcess]:
    process = WsgiProcess(tmp_path)
    process.start()
    process.meet(2)
    yield process
    process.meet(2)
    process.stop()


class TestMetrics:
    def test_are_the_sum_over_the_workers_whoever_tells_it(self, served: WsgiProcess) -> None:
        before = served.counted("/pid")

        pids = {served.ask("/pid") for _ in range(40)}

        assert len(pids) == 2
        assert [served.counted("/pid") - before for _ in range(6)] == [40] * 6

    def test_never_fall_when_a_worker_dies(self, served: WsgiProcess) -> None:
        before = served.counted("/pid")
        pids = [int(served.ask("/pid")) for _ in range(20)]

        served.kill(pids[-1])

        assert served.counted("/pid") >= before + 20

    def test_begin_again_with_the_port(self, served: WsgiProcess) -> None:
        served.ask("/pid")

        served.stop()
        served.start()

        assert served.counted("/pid") == 0


class TestStop:
    def test_does_not_wait_for_a_worker_that_is_still_starting(self, tmp_path: Path) -> None:
        slow = WsgiProcess(tmp_path, app="slow_app")
        slow.start()
        slow.wait_for_lines("making the app", 2)

        slow.process.terminate()

        assert slow.process.wait(READY_WITHIN_S / 2) == 0


class TestWorkers:
    def test_are_replaced_by_a_parent_that_stays(self, served: WsgiProcess) -> None:
        parent = served.process.pid

        killed: set[int] = set()
        for _ in range(3):
            [victim, *_] = served.meet(2) - killed
            served.kill(victim)
            killed.add(victim)

        assert not served.meet(2) & killed
        assert served.process.poll() is None
        assert served.process.pid == parent

    def test_that_keep_dying_end_the_parent(self, tmp_path: Path) -> None:
        broken = WsgiProcess(tmp_path, app="broken_app", workers=1)

        broken.start()

        assert broken.process.wait(READY_WITHIN_S) == 1


class TestHealth:
    def test_answers_while_every_thread_is_busy_and_requests_wait(self, tmp_path: Path) -> None:
        busy = WsgiProcess(tmp_path, workers=1)
        busy.start()
        busy.meet(1)
        try:
            with ThreadPoolExecutor(2 * BLOCKING_THREADS) as callers:
                waiting = [callers.submit(busy.ask, "/wait") for _ in range(2 * BLOCKING_THREADS)]

                paths = ("/healthz", "/readyz", "/metrics", "/pid")
                answered = {path: busy.ask_health(path) for path in paths}
                still_waiting = [not each.done() for each in waiting]
                busy.go_on()

                assert answered == {"/healthz": 200, "/readyz": 200, "/metrics": 200, "/pid": 404}
                assert all(still_waiting)
                assert {each.result() for each in waiting} == {"waited"}
        finally:
            busy.stop()


class TestConnections:
    def test_go_on_after_a_request_refused_before_its_body_came(self, served: WsgiProcess) -> None:
        with socket.create_connection(("127.0.0.1", served.port), READY_WITHIN_S) as connection:
            connection.sendall(b"POST /pid HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n")
            served.meet(2)
            connection.sendall(b"hello")
            assert _status_of(connection) == 405

            connection.sendall(b"GET /pid HTTP/1.1\r\nHost: h\r\n\r\n")
            assert _status_of(connection) == 200


def _status_of(connection: socket.socket) -> int:
    response = HTTPResponse(connection)
    response.begin()
    response.read()
    return response.status
