"""A person's data in the other contexts, over their internal calls."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

import orjson
import structlog

from martelo.accounts.closing.contexts import Data
from martelo.accounts.refusals import ContextsUnavailable
from martelo.runtime.http.client import Http, HttpFailed, HttpResponse

log = structlog.get_logger(__name__)


class PeopleClient:
    """`OtherContexts` over HTTP: `urls` are their addresses by name."""

    def __init__(self, urls: Mapping[str, str], http: Http, service_key: str) -> None:
        self._urls = urls
        self._http = http
        self._headers = {"X-API-Key": service_key}

    def read(self, account_id: str) -> Mapping[str, Data]:
        """Return what each context holds of a person."""
        found = {}
        for name in self._urls:
            answer = self._send("GET", name, account_id)
            if answer is None or answer.status != HTTPStatus.OK:
                raise ContextsUnavailable
            found[name] = orjson.loads(answer.body)
        return found

    def erase(self, account_id: str) -> bool:
        """Erase a person in every context; return whether that is done, or has to be repeated."""
        answers = {name: self._send("DELETE", name, account_id) for name in self._urls}
        failed = {
            name: answer.status if answer else None
            for name, answer in answers.items()
            if answer is None or answer.status != HTTPStatus.NO_CONTENT
        }
        if failed:
            log.warning("person-not-erased", account_id=account_id, failed=failed)
        return not failed

    def _send(self, method: str, name: str, account_id: str) -> HttpResponse | None:
        address = f"{self._urls[name].rstrip('/')}/internal/people/{quote(account_id, safe='')}"
        try:
            return self._http.send(method, address, headers=self._headers)
        except HttpFailed as error:
            log.warning("context-unavailable", context=name, reason=str(error))
            return None
