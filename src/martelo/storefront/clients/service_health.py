"""The other parts of the house, as `/status` asks after them: all at once, and not for long."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from enum import StrEnum
from http import HTTPStatus

import orjson

from martelo.runtime.http.client import Http, HttpFailed

PATIENCE_S = 0.8


class State(StrEnum):
    """How a part is: it works, it answers but something it needs does not, or it is silent."""

    READY = "ready"
    HAMPERED = "hampered"
    SILENT = "silent"


BEST_FIRST = (State.READY, State.HAMPERED, State.SILENT)


class ServiceHealth:
    """Parts of the house by name, with the addresses of the processes that can each do its work."""

    def __init__(self, urls: Mapping[str, Sequence[str]], http: Http, executor: Executor) -> None:
        self._urls = urls
        self._http = http
        self._executor = executor

    def ask(self) -> Callable[[], dict[str, State]]:
        """Ask all of them; what is returned waits for the answers and tells each part's best."""
        asked = {
            name: [self._executor.submit(self._ask_one, url) for url in urls]
            for name, urls in self._urls.items()
        }

        def states() -> dict[str, State]:
            wait([each for answers in asked.values() for each in answers], timeout=PATIENCE_S)
            return {name: _best(answers) for name, answers in asked.items()}

        return states

    def _ask_one(self, url: str) -> State:
        try:
            answer = self._http.send("GET", f"{url.rstrip('/')}/readyz")
        except HttpFailed:
            return State.SILENT
        is_whole = answer.status == HTTPStatus.OK and not _names_a_lack(answer.body)
        return State.READY if is_whole else State.HAMPERED


def _best(answers: Sequence[Future[State]]) -> State:
    came = [each.result() for each in answers if not each.cancel() and each.done()]
    return min(came, key=BEST_FIRST.index, default=State.SILENT)


def _names_a_lack(body: bytes) -> bool:
    """Return whether an API says that what it needs is down; it stays ready to say that itself."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(told, dict) and "down" in told.values()
