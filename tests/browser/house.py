"""A whole house and the people in it, as the browser's tests need them."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import orjson

from martelo.runtime.http.client import HttpResponse, open_client
from martelo.storefront.sessions.sessions import Origin, Person, Sessions
from martelo.storefront.sessions.valkey_sessions import ValkeyKeyValues
from stacks import LaunchedStack, wait_for

PASSWORD = "one-long-password"
NAMES = {
    "ana": "Ana Conceição",
    "bruno": "Bruno Lima",
    "carla": "Carla Dias",
    "dora": "Dora Reis",
    "mallory": "<img src=x onerror=alert(1)>",
    "rita": "Rita Prado",
}
ADMINISTRATOR = "rita"


class House:
    """A stack whose people are made when first needed."""

    def __init__(self, stack: LaunchedStack) -> None:
        self.stack = stack
        self.address = f"http://127.0.0.1:{stack.process('gateway')['ports'][0]}"
        self._http = open_client(read_timeout_s=10)
        self._tokens: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def close(self) -> None:
        """Give up the connections."""
        self._http.close()

    def token(self, name: str) -> str:
        """Return an access token of a person of `NAMES`."""
        if name not in self._tokens:
            account = {"email": f"{name}@example.com", "password": PASSWORD}
            made = self.call("POST", "/api/auth/register", {**account, "name": NAMES[name]})
            self._ids[name] = made["account_id"]
            self._tokens[name] = self.call("POST", "/api/auth/token", account)["access_token"]
        return self._tokens[name]

    def account_id(self, name: str) -> str:
        """Return the id of a person of `NAMES`."""
        self.token(name)
        return self._ids[name]

    def begin_session(self, name: str) -> str:
        """Return the id of a new session; signing in by form has its own tests."""
        self.token(name)
        roles = ("buyer", "admin") if name == ADMINISTRATOR else ("buyer",)
        person = Person(self._ids[name], NAMES[name], roles)
        return self._sessions.begin(person, Origin("", ""), instead_of=None).id

    def open_lot(self, **changed: object) -> str:
        """Return the id of a new lot of Ana's, or of `seller`'s."""
        seller = str(changed.pop("seller", "ana"))
        draft = {
            "title": "Bolo de casamento em três andares",
            "description": "Massa de nozes e **doce de leite**.",
            "starting_price": "100.00",
            "duration_s": 3600,
            **changed,
        }
        return str(self.call("POST", "/create-auction", draft, seller)["id"])

    def list_lot(self, **changed: object) -> str:
        """Return the id of a new lot once the lists, which lag a little, have it."""
        lot = self.open_lot(**changed)
        status = self.read(lot)["status"]
        newest = f"/view-auctions?status={status}&sort=-created_at&limit=20"

        def is_listed() -> bool | None:
            return any(each["id"] == lot for each in self.call("GET", newest)["items"]) or None

        wait_for(is_listed, "a new lot to be listed")
        return lot

    def bid(self, lot: str, name: str, **amounts: str) -> dict[str, Any]:
        """Place a bid from elsewhere."""
        return self.call("POST", "/place-bid", {"auction_id": lot, **amounts}, name)

    def read(self, lot: str) -> dict[str, Any]:
        """Return a lot as the API shows it."""
        return self.call("GET", f"/auction/{lot}")

    def call(
        self, method: str, path: str, body: object = None, name: str | None = None
    ) -> dict[str, Any]:
        """Call an API, which must do what it is asked."""
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if name is not None:
            headers["Authorization"] = f"Bearer {self.token(name)}"
        content = None if body is None else orjson.dumps(body)
        address = self.address + path
        answer: HttpResponse = self._http.send(method, address, headers=headers, content=content)
        assert answer.status < 300, answer.body
        decoded: dict[str, Any] = orjson.loads(answer.body)
        return decoded

    @cached_property
    def _sessions(self) -> Sessions:
        port = self.stack.process("valkey")["ports"][0]
        password = self.stack.password("valkey", "accounts")
        return Sessions(
            ValkeyKeyValues(f"valkey://accounts:{password}@127.0.0.1:{port}/0"),
            lambda: datetime.now(UTC),
        )
