"""The contracts of the contexts: our own from its file, the others from their process."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import orjson
import structlog

from martelo.accounts.api.openapi import load_openapi
from martelo.runtime.http.client import Http, HttpFailed

KEPT_S = 60.0

log = structlog.get_logger(__name__)

Contract = Mapping[str, object]


class ApiDocuments:
    """Every context's OpenAPI document, and the AsyncAPI document of `/live`.

    Those of others are kept, and asked for again in time.

    `urls` name the other contexts; `clock` counts seconds and never goes back.
    """

    def __init__(self, urls: Mapping[str, str], http: Http, clock: Callable[[], float]) -> None:
        self._own = load_openapi()
        self._urls = urls
        self._http = http
        self._clock = clock
        self._kept: dict[str, tuple[float, Contract | None]] = {}

    def own_json(self) -> bytes:
        """Return our own document as JSON."""
        return orjson.dumps(self._own)

    def all(self) -> dict[str, Contract | None]:
        """Return each context's document; `None` where it was never to be had."""
        others = {name: self._of(name, "openapi.json") for name in self._urls}
        return {**others, "accounts": self._own}

    def live(self) -> Contract | None:
        """Return the document of `/live`; `None` where it was never to be had."""
        return self._of("auctions", "asyncapi.json") if "auctions" in self._urls else None

    def _of(self, name: str, document: str) -> Contract | None:
        now, address = self._clock(), f"{self._urls[name].rstrip('/')}/{document}"
        good_until, contract = self._kept.get(address, (now, None))
        if now >= good_until:
            # An old copy is better than none, and a missing one is asked for each time.
            contract = self._fetch(address) or contract
            self._kept[address] = (now + KEPT_S if contract else now, contract)
        return contract

    def _fetch(self, address: str) -> Contract | None:
        try:
            answer = self._http.send("GET", address)
            if answer.status != HTTPStatus.OK:
                return None
            contract = orjson.loads(answer.body)
        except (HttpFailed, orjson.JSONDecodeError) as error:
            log.warning("contract-unavailable", address=address, reason=str(error))
            return None
        return contract if isinstance(contract, dict) else None
