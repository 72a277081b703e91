"""Who calls a running stack: people with accounts, and one plain HTTP client that hides nothing."""

import http.client
import itertools
import json
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stacks import LaunchedStack

ANSWERS_WITHIN_S = 30.0
FRESH_FOR_S = 300.0
PASSWORD = "uma senha bem longa"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class PageResponse:
    """One complete answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - the shape is what is tested
        return json.loads(self.body)

    @property
    def slug(self) -> str | None:
        """The problem's, or `None` where the answer is not a problem."""
        if self.headers.get("content-type") != "application/problem+json":
            return None
        problem = self.json
        assert problem["status"] == self.status
        assert problem["instance"] == self.headers["x-request-id"]
        return str(problem["type"]).removeprefix("/problems/")


class Visitor:
    """Uses one connection to a process; for one thread."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN_S)

    def send(
        self,
        method: str,
        target: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> PageResponse:
        """Send one request just as given and return its answer."""
        try:
            self._connection.request(method, target, body, dict(headers or {}))
            answer = self._connection.getresponse()
            found = answer.read()
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise
        names = {name.lower(): value for name, value in answer.getheaders()}
        return PageResponse(answer.status, names, found)

    def close(self) -> None:
        self._connection.close()


def send_raw(port: int, request: bytes) -> PageResponse:
    """Send bytes that no HTTP client would, and return the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWERS_WITHIN_S) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return PageResponse(answer.status, names, answer.read())


@dataclass
class Account:
    """A registered person, who signs in again before the token grows old."""

    house: "House"
    account_id: str
    name: str
    email: str
    _token: str = ""
    _until: float = field(default=0.0)

    @property
    def token(self) -> str:
        if time.monotonic() >= self._until:
            self._token = self.house.sign_in(self.email)
            self._until = time.monotonic() + FRESH_FOR_S
        return self._token

    def forget_token(self) -> None:
        """Sign in again, as is needed after getting a role."""
        self._until = 0.0

    def call(self, method: str, target: str, fields: object = None, **headers: str) -> PageResponse:
        """Call the gateway with one's own token; `Idempotency_Key` becomes a header."""
        headers["Authorization"] = f"Bearer {self.token}"
        return self.house.call(method, target, fields, **headers)

    def create(self, **fields: object) -> dict[str, Any]:
        """Create an auction, of an hour by default."""
        draft = {"title": "Bolo", "starting_price": "10.00", "duration_s": 3600, **fields}
        answer = self.call("POST", "/create-auction", draft)
        assert answer.status == 201, answer.body
        return dict(answer.json)

    def bid(self, auction_id: str, **fields: object) -> PageResponse:
        return self.call("POST", "/place-bid", {"auction_id": auction_id, **fields})


class House:
    """A running stack as people see it: through the gateway."""

    def __init__(self, stack: LaunchedStack) -> None:
        self.stack = stack
        self.ports: dict[str, int] = {
            process["name"]: process["ports"][0] for process in stack.status()["processes"]
        }

    @property
    def port(self) -> int:
        return self.ports["gateway"]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def call(
        self,
        method: str,
        target: str,
        fields: object = None,
        *,
        to: str = "gateway",
        **headers: str,
    ) -> PageResponse:
        """Send one request, with `fields` as JSON where there are any, to a process by its name."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = None
        if fields is not None:
            sent.setdefault("Content-Type", "application/json")
            body = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
        visitor = Visitor(self.ports[to])
        try:
            return visitor.send(method, target, body, sent)
        finally:
            visitor.close()

    def register(self, name: str) -> Account:
        """Make an account with a new address."""
        email = f"visitor-{next(_numbers)}@example.com"
        fields = {"email": email, "password": PASSWORD, "name": name}
        answer = self.call("POST", "/api/auth/register", fields, to="storefront")
        assert answer.status == 201, answer.body
        return Account(self, answer.json["account_id"], name, email)

    def register_admin(self, name: str) -> Account:
        account = self.register(name)
        self.stack.do("exec", "storefront", "admin", account.email)
        return account

    def sign_in(self, email: str) -> str:
        """Return a new access token."""
        fields = {"email": email, "password": PASSWORD}
        answer = self.call("POST", "/api/auth/token", fields, to="storefront")
        assert answer.status == 200, answer.body
        return str(answer.json["access_token"])

    def read(self, auction_id: str) -> dict[str, Any]:
        """Return an auction as anybody reads it."""
        answer = self.call("GET", f"/auction/{auction_id}")
        assert answer.status == 200, answer.body
        return dict(answer.json)

    def pages(self, target: str) -> Iterator[dict[str, Any]]:
        """Return every item of a list."""
        cursor = ""
        while True:
            answer = self.call("GET", f"{target}?limit=100{cursor}")
            assert answer.status == 200, answer.body
            yield from answer.json["items"]
            if answer.json["next_cursor"] is None:
                return
            cursor = f"&cursor={answer.json['next_cursor']}"

    def ledger(self, auction_id: str) -> list[dict[str, Any]]:
        """Return the complete public ledger of an auction."""
        return list(self.pages(f"/auction/{auction_id}/ledger"))
