"""The documents of the contexts: our own from our code, the others from their processes."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import msgspec
import orjson
import structlog

from martelo.accounts.api.openapi import load_openapi
from martelo.accounts.api.problems import PROBLEMS
from martelo.runtime.http.client import Http, HttpFailed
from martelo.runtime.problems.table import ProblemType, ProblemTypes
from martelo.runtime.process.decoders import converter

MAX_AGE_S = 60.0
RETRY_S = 1.0
"""After this a document that was never available is fetched again."""
OWN = "accounts"

log = structlog.get_logger(__name__)

Document = Mapping[str, object]


class _Problems(msgspec.Struct, frozen=True):
    problem_types: dict[str, ProblemType]


_read_problems = converter(_Problems)


class ApiDocuments:
    """Every context's OpenAPI document and problem types, and the AsyncAPI document of `/live`.

    Those of others are cached, and refetched after `MAX_AGE_S`.

    `urls` name the other contexts; `clock` counts seconds and never goes back.
    """

    def __init__(self, urls: Mapping[str, str], http: Http, clock: Callable[[], float]) -> None:
        self._own = load_openapi()
        self._urls = urls
        self._http = http
        self._clock = clock
        self._cached: dict[str, tuple[float, Document | None]] = {}

    def own(self) -> Document:
        """Return our own OpenAPI document."""
        return self._own

    def all(self) -> dict[str, Document | None]:
        """Return each context's OpenAPI document; `None` where it was never available."""
        others = {name: self._of(name, "openapi.json") for name in self._urls}
        return {**others, OWN: self._own}

    def live(self) -> Document | None:
        """Return the document of `/live`; `None` where it was never available."""
        return self._of("auctions", "asyncapi.json") if "auctions" in self._urls else None

    def problems(self) -> dict[str, ProblemTypes | None]:
        """Return the problem types of each context, without the shared ones.

        The shared ones are under `shared`; `None` means types that were never available.
        """
        others = {name: self._problems_of(name) for name in self._urls}
        return {**others, OWN: PROBLEMS.own, "shared": PROBLEMS.shared}

    def all_problems(self) -> Document:
        """Return the problem types of all contexts as one document, and who is missing in it."""
        problems = self.problems()
        merged = {
            slug: kind
            for types in problems.values()
            for slug, kind in sorted((types or {}).items())
        }
        return {
            "problem_types": msgspec.to_builtins(merged),
            "unavailable_contexts": [name for name, types in problems.items() if types is None],
        }

    def _problems_of(self, name: str) -> ProblemTypes | None:
        document = self._of(name, "problems.json")
        if document is None:
            return None
        try:
            types = _read_problems(document).problem_types
        except msgspec.ValidationError as error:
            log.warning("problems-unreadable", context=name, reason=str(error))
            return None
        return {slug: kind for slug, kind in types.items() if slug not in PROBLEMS.shared}

    def _of(self, name: str, document: str) -> Document | None:
        now, address = self._clock(), f"{self._urls[name].rstrip('/')}/{document}"
        good_until, cached = self._cached.get(address, (now, None))
        if now >= good_until:
            # An old copy is better than none.
            cached = self._fetch(address) or cached
            self._cached[address] = (now + (MAX_AGE_S if cached else RETRY_S), cached)
        return cached

    def _fetch(self, address: str) -> Document | None:
        try:
            answer = self._http.send("GET", address)
            if answer.status != HTTPStatus.OK:
                return None
            document = orjson.loads(answer.body)
        except (HttpFailed, orjson.JSONDecodeError) as error:
            log.warning("document-unavailable", address=address, reason=str(error))
            return None
        return document if isinstance(document, dict) else None
