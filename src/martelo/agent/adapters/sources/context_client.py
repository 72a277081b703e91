"""The HTTP client of another context's API, with the agent's service key or anonymous."""

from http import HTTPStatus
from typing import TypeVar

import msgspec
import structlog

from martelo.agent.ports.contexts import ContextUnavailable
from martelo.runtime.http.client import Http, HttpFailed, HttpResponse

Body = TypeVar("Body")

log = structlog.get_logger(__name__)


class ContextClient:
    """Client of another context's API; anonymous without a key."""

    def __init__(self, url: str, http: Http, *, service_key: str | None = None) -> None:
        self._url = url.rstrip("/")
        self._http = http
        self._headers = {} if service_key is None else {"X-API-Key": service_key}

    def get(self, path: str, decoder: msgspec.json.Decoder[Body]) -> Body | None:
        """Return the body at `path`; `None` if the status is 404.

        Raises:
            ContextUnavailable: The API did not answer with 200 and a body that `decoder` accepts.
        """
        response = self._send(path)
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        if response.status != HTTPStatus.OK:
            log.warning("context-refused", path=path, status=response.status)
            raise ContextUnavailable(f"HTTP {response.status}")
        try:
            return decoder.decode(response.body)
        except msgspec.MsgspecError as error:
            log.warning("context-unreadable", path=path, reason=str(error))
            raise ContextUnavailable("unreadable") from error

    def _send(self, path: str) -> HttpResponse:
        try:
            return self._http.send("GET", self._url + path, headers=self._headers)
        except HttpFailed as error:
            raise ContextUnavailable("no answer") from error
