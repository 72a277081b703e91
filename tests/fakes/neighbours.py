"""The services that live processes call, over real HTTP: keys and archived lots."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm


class Neighbours:
    """Accounts and auctions-api on one loopback port."""

    def __init__(self) -> None:
        self.lots: dict[str, dict[str, Any]] = {}
        self.api_keys: dict[str, str] = {}
        self._key = Ed25519PrivateKey.generate()
        neighbours = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = neighbours.answer_to(self.path, self.headers.get("X-API-Key"))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                status, body = neighbours.exchange(self.path, self.rfile.read(length))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def token(
        self,
        account_id: str,
        name: str,
        *,
        lasts_s: int = 600,
        roles: Sequence[str] = (),
        **others: object,
    ) -> str:
        """Return an access token as accounts issues it."""
        now = int(time.time())
        claims = {
            "iss": "martelo",
            "aud": "martelo",
            "jti": f"j-{account_id}",
            "roles": list(roles),
            "sub": account_id,
            "name": name,
            "iat": now,
            "exp": now + lasts_s,
            **others,
        }
        headers = {"typ": "at+jwt", "kid": "k1"}
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers=headers)

    def ticket(self, account_id: str, name: str, *, lasts_s: int = 120) -> str:
        """Return a live ticket as the storefront issues it."""
        now = int(time.time())
        claims = {
            "iss": "martelo",
            "aud": "live",
            "jti": f"j-{account_id}",
            "sub": account_id,
            "name": name,
            "iat": now,
            "exp": now + lasts_s,
        }
        headers = {"typ": "live+jwt", "kid": "k1"}
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers=headers)

    def answer_to(self, path: str, api_key: str | None) -> tuple[int, bytes]:
        assert api_key is None or api_key
        return self.answer(path)

    def answer(self, path: str) -> tuple[int, bytes]:
        if path == "/.well-known/jwks.json":
            public = OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
            return 200, json.dumps({"keys": [{**public, "kid": "k1"}]}).encode()
        lot = self.lots.get(path.removeprefix("/auction/"))
        return (200, json.dumps(lot).encode()) if lot else (404, b"{}")

    def exchange(self, path: str, body: bytes) -> tuple[int, bytes]:
        token = self.api_keys.get(json.loads(body)["key"])
        if path != "/internal/keys/exchange" or token is None:
            return 404, b"{}"
        return 200, json.dumps({"access_token": token, "expires_in": 120}).encode()

    @contextlib.contextmanager
    def answering(self) -> Iterator["Neighbours"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


def archived(auction_id: str) -> dict[str, Any]:
    """Return a sold lot as auctions-api answers it from the record."""
    return {
        "id": auction_id,
        "title": "Bolo",
        "seq": 9,
        "status": "sold",
        "bid_count": 4,
        "ends_at": "2026-01-31T12:00:00.000Z",
        "leader": {"name": "B***o", "number": 2},
        "result": {
            "winner": {"name": "B***o"},
            "final_price": "150.00",
            "sold_by": "bid",
            "closed_at": "2026-01-31T12:00:00.250Z",
        },
        "bids": [],
    }
