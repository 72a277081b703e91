"""The agent API, as the pages call it: reports for everybody, effects for administrators."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote, urlencode

import structlog

from martelo.runtime.http.client import Http, HttpFailed, HttpResponse
from martelo.storefront.clients.auctions import GET_TRIES, OUTCOME_UNKNOWN, ApiResponse, read_answer

UNAVAILABLE = "agent-unavailable"

log = structlog.get_logger(__name__)


class AgentClient:
    """Calls agent-api; access tokens are arguments.

    `report_http` states the deadlines of reports, which a lot's page can do without; `http` the
    others'. A GET that got no complete answer is sent once more, anything else is not.
    """

    def __init__(self, url: str | None, http: Http, report_http: Http) -> None:
        self._url = url.rstrip("/") if url else None
        self._http = http
        self._report_http = report_http

    def read_report(self, auction_id: str) -> ApiResponse:
        """Return the report of a finished auction."""
        return self._get(self._report_http, f"/auction/{quote(auction_id, safe='')}/report")

    def list_effects(self, query: Mapping[str, str], token: str) -> ApiResponse:
        """Return a page of effects, newest first; empty values are left out."""
        return self._get(self._http, f"/api/agent/effects{_query_string(query)}", token)

    def list_outbox(self, query: Mapping[str, str], token: str) -> ApiResponse:
        """Return a page of what was stored instead of sent; empty values are left out."""
        return self._get(self._http, f"/api/agent/outbox{_query_string(query)}", token)

    def read_message(self, effect_id: str, token: str) -> bytes | ApiResponse:
        """Return an e-mail of the outbox as a file, or the answer that says why not."""
        path = f"/api/agent/outbox/{quote(effect_id, safe='')}/message"
        for _ in range(GET_TRIES if self._url else 0):
            answer = self._send(self._http, "GET", path, token)
            if answer is not None:
                is_good = answer.status == HTTPStatus.OK
                return answer.body if is_good else read_answer(answer)
        return _problem(UNAVAILABLE)

    def resend(self, effect_id: str, token: str) -> ApiResponse:
        """Have a parked effect tried again."""
        return self._decide(effect_id, "resend", token)

    def settle(self, effect_id: str, token: str) -> ApiResponse:
        """Say that a parked effect is there already."""
        return self._decide(effect_id, "settle", token)

    def _get(self, http: Http, path: str, token: str | None = None) -> ApiResponse:
        for _ in range(GET_TRIES if self._url else 0):
            answer = self._try(http, "GET", path, token)
            if answer is not None:
                return answer
        return _problem(UNAVAILABLE)

    def _decide(self, effect_id: str, decision: str, token: str) -> ApiResponse:
        if self._url is None:
            return _problem(UNAVAILABLE)
        path = f"/api/agent/effects/{quote(effect_id, safe='')}/{decision}"
        return self._try(self._http, "POST", path, token) or _problem(OUTCOME_UNKNOWN)

    def _try(self, http: Http, method: str, path: str, token: str | None) -> ApiResponse | None:
        answer = self._send(http, method, path, token)
        return None if answer is None else read_answer(answer)

    def _send(self, http: Http, method: str, path: str, token: str | None) -> HttpResponse | None:
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            return http.send(method, f"{self._url}{path}", headers=headers)
        except HttpFailed as error:
            log.warning("agent-unavailable", reason=str(error))
            return None


def _query_string(query: Mapping[str, str]) -> str:
    parameters = urlencode({name: value for name, value in query.items() if value})
    return f"?{parameters}" if parameters else ""


def _problem(slug: str) -> ApiResponse:
    return ApiResponse(HTTPStatus.SERVICE_UNAVAILABLE, {"type": f"/problems/{slug}"})
