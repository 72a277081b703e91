"""The health of the other services, as `/status` checks it: all at once, and not for long."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from enum import StrEnum
from http import HTTPStatus

import orjson

from martelo.runtime.http.client import Http, HttpFailed

PATIENCE_S = 0.8


class State(StrEnum):
    """Whether a service works, answers although something it needs does not, or does not answer."""

    READY = "ready"
    DEGRADED = "degraded"
    UNREACHABLE = "unreachable"


BEST_FIRST = (State.READY, State.DEGRADED, State.UNREACHABLE)


class ServiceHealth:
    """Services by name, with the addresses of the processes that can each do the work."""

    def __init__(self, urls: Mapping[str, Sequence[str]], http: Http, executor: Executor) -> None:
        self._urls = urls
        self._http = http
        self._executor = executor

    def check(self) -> Callable[[], dict[str, State]]:
        """Check all services; the result waits for the answers and returns each one's best."""
        answers_by_name = {
            name: [self._executor.submit(self._check_one, url) for url in urls]
            for name, urls in self._urls.items()
        }

        def states() -> dict[str, State]:
            wait(
                [each for answers in answers_by_name.values() for each in answers],
                timeout=PATIENCE_S,
            )
            return {name: _best(answers) for name, answers in answers_by_name.items()}

        return states

    def _check_one(self, url: str) -> State:
        try:
            answer = self._http.send("GET", f"{url.rstrip('/')}/readyz")
        except HttpFailed:
            return State.UNREACHABLE
        is_ready = answer.status == HTTPStatus.OK and not _reports_a_failure(answer.body)
        return State.READY if is_ready else State.DEGRADED


def _best(answers: Sequence[Future[State]]) -> State:
    came = [each.result() for each in answers if not each.cancel() and each.done()]
    return min(came, key=BEST_FIRST.index, default=State.UNREACHABLE)


def _reports_a_failure(body: bytes) -> bool:
    """Return whether an API says that what it needs is down; it stays ready to say that itself."""
    try:
        health = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(health, dict) and "down" in health.values()
