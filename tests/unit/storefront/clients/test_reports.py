import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from fakes.agent_api import LOT, report
from fakes.auctions_api import FakeHttp
from martelo.runtime.http.client import HttpResponse
from martelo.storefront.clients.agent import AgentClient
from martelo.storefront.clients.reports import CACHED_S, MAX_REPORTS, Reports

PATH = f"/auction/{LOT}/report"
VIEWERS = 50


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class SlowHttp(FakeHttp):
    """Answers once everybody has come."""

    everybody: threading.Barrier = field(default_factory=lambda: threading.Barrier(VIEWERS))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        self.everybody.wait(timeout=20)
        return super().send(method, url, headers=headers, content=content)


@pytest.fixture
def http() -> FakeHttp:
    http = FakeHttp()
    http.refuse("GET", PATH, "report-not-ready", 404)
    return http


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reports(http: FakeHttp, clock: Clock) -> Reports:
    return Reports(AgentClient("http://agent", http, http), clock)


class TestRead:
    def test_asks_once_a_second_however_many_look(
        self, http: FakeHttp, clock: Clock, reports: Reports
    ) -> None:
        results = {reports.read(LOT).slug for _ in range(VIEWERS)}
        assert (results, len(http.calls)) == ({"report-not-ready"}, 1)

        http.set("GET", PATH, report())
        clock.now += CACHED_S

        assert reports.read(LOT).is_good
        assert len(http.calls) == 2

    def test_asks_once_for_all_who_look_at_the_same_time(self, clock: Clock) -> None:
        http = SlowHttp()
        http.set("GET", PATH, report())
        reports = Reports(AgentClient("http://agent", http, http), clock)

        def look(number: int) -> bool:
            if number:
                http.everybody.wait(timeout=20)
            return reports.read(LOT).is_good

        with ThreadPoolExecutor(VIEWERS) as threads:
            results = list(threads.map(look, range(VIEWERS)))

        assert results == [True] * VIEWERS
        assert len(http.calls) == 1

    def test_caches_that_nobody_answers_too(self, clock: Clock) -> None:
        dead = FakeHttp()
        reports = Reports(AgentClient("http://agent", dead, dead), clock)

        results = {reports.read(LOT).slug for _ in range(VIEWERS)}

        assert results == {"agent-unavailable"}
        assert len(dead.calls) == 2  # a look is tried twice

    def test_caches_lots_apart_and_drops_the_least_recently_read(
        self, http: FakeHttp, reports: Reports
    ) -> None:
        for number in range(MAX_REPORTS):
            reports.read(f"07-{number}")
        reports.read("07-0")
        reports.read("07-one-more")
        http.calls.clear()

        reports.read("07-0")
        reports.read("07-1")

        assert {call.path for call in http.calls} == {"/auction/07-1/report"}
