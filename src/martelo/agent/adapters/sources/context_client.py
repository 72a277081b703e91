"""Asking other contexts over HTTP, as a service with the agent's own key or as anybody."""

from http import HTTPStatus
from typing import TypeVar

import msgspec
import structlog

from martelo.agent.ports.contexts import ContextUnavailable
from martelo.runtime.http.client import Http, HttpFailed, HttpResponse

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class ContextClient:
    """Another context at its own address; without a key it is asked as anybody asks it."""

    def __init__(self, url: str, http: Http, *, service_key: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._http = http
        self._headers = {} if service_key is None else {"X-API-Key": service_key}

    def ask(self, path: str, answers: msgspec.json.Decoder[Answer]) -> Answer | None:
        """Return what is at `path`; `None` where nothing is.

        Raises:
            ContextUnavailable: There is no answer, or none that can be read.
        """
        answer = self._send(path)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if answer.status != HTTPStatus.OK:
            log.warning("context-refused", path=path, status=answer.status)
            raise ContextUnavailable(f"HTTP {answer.status}")
        try:
            return answers.decode(answer.body)
        except msgspec.MsgspecError as error:
            log.warning("context-unreadable", path=path, reason=str(error))
            raise ContextUnavailable("unreadable") from error

    def _send(self, path: str) -> HttpResponse:
        try:
            return self._http.send("GET", self._url + path, headers=self._headers)
        except HttpFailed as error:
            raise ContextUnavailable("no answer") from error
