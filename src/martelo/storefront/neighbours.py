"""The other contexts, as the home page asks after them: all at once, and not for long."""

from collections.abc import Mapping
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as TookTooLong
from http import HTTPStatus

from martelo.runtime.http import Http, HttpFailed

PATIENCE_S = 0.8


class Neighbours:
    """Contexts by name and address, asked whether they are ready."""

    def __init__(self, urls: Mapping[str, str], http: Http, executor: Executor) -> None:
        self._urls = urls
        self._http = http
        self._executor = executor

    def ready(self) -> dict[str, bool]:
        """Return for each context whether it said, in time, that it is ready."""
        asked = {
            name: self._executor.submit(self._is_ready, url) for name, url in self._urls.items()
        }
        answers = {}
        for name, answer in asked.items():
            try:
                answers[name] = answer.result(timeout=PATIENCE_S)
            except TookTooLong:
                answer.cancel()
                answers[name] = False
        return answers

    def _is_ready(self, url: str) -> bool:
        try:
            return self._http.send("GET", f"{url.rstrip('/')}/readyz").status == HTTPStatus.OK
        except HttpFailed:
            return False
