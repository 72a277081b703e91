"""Stock Flask on granian with the product's own settings: a no-op, and the bid as first written.

The bid verifies its token with PyJWT each time, parses with `get_json`, calls the product's own
function through redis-py and answers with `jsonify`: what the product's route is measured against.
"""

import os
from decimal import Decimal

import jwt
import redis
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys, partition_of
from martelo.auctions.main.api import THREADS
from martelo.auctions.settings import StoreSettings
from martelo.kernel.ids import AuctionId
from martelo.runtime.http.granian_server import serve
from martelo.runtime.process.settings import ServerSettings, load

TIMEOUT_S = 5


class Settings(StoreSettings, ServerSettings):
    """Where the store is, and the keys that tokens are signed with."""

    accounts_url: str


def run() -> None:
    """Serve until SIGTERM."""
    serve("benchmarks.stock_app:worker_app", load(Settings, os.environ), threads=THREADS)  # noqa: TID251 - a main


def worker_app() -> Flask:
    """Return the app of one worker."""
    settings = load(Settings, os.environ)  # noqa: TID251 - a main
    jwks = jwt.PyJWKClient(f"{settings.accounts_url}/.well-known/jwks.json", timeout=TIMEOUT_S)
    [key] = jwks.get_signing_keys()
    client = redis.Redis.from_url(
        settings.address_url.replace("valkey://", "redis://"), socket_timeout=TIMEOUT_S
    )
    app = Flask(__name__)

    @app.post("/noop")
    def noop() -> ResponseReturnValue:
        return jsonify(ok=True)

    @app.post("/place-bid")
    def place_bid() -> ResponseReturnValue:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="martelo", issuer="martelo")
        body = request.get_json()
        auction_id = AuctionId(body["auction_id"])
        keys, partition = auction_keys(auction_id), partition_keys(partition_of(auction_id))
        reply = client.fcall(
            "auctions_bid",
            6,
            *(keys.auction, keys.bids, keys.ledger, keys.keys, partition.ends, partition.marks),
            *(auction_id, keys.channel, "0", claims["sub"], claims["name"]),
            *(
                str(int(Decimal(body["amount"]) * 100)),
                "0",
                request.headers["Idempotency-Key"],
                "0",
            ),
        )
        if reply[0] != b"placed":
            return jsonify(error=reply[0].decode()), 409
        _, outcome, seq, _, price, minimum, count, ends_at, at, _ = reply
        return jsonify(
            bid_id=f"{auction_id}-{seq}",
            seq=seq,
            auction_id=auction_id,
            outcome=outcome.decode(),
            current_price=str(Decimal(price) / 100),
            minimum_bid=str(Decimal(minimum) / 100),
            bid_count=count,
            ends_at=ends_at,
            server_time=at,
        ), 201

    return app


if __name__ == "__main__":
    run()
