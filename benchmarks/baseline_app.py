"""The naive auction: Flask and Socket.IO on werkzeug, a thread a connection; read, compare, set.

It is what such apps do and how they are run. An auction is a hash, its bids a sorted set; a bid
reads the price, compares, then sets it, publishes it, and emits it through a message queue in
Redis, so that there may be replicas; werkzeug logs each request. python-socketio's server around
the Flask app is what Flask-SocketIO makes of `async_mode="threading"`.

Between its read and its write another bid may come, which is the fault that is counted. It asks
nobody who they are and stores no keys, which would cost more. What it sets is in one
transaction with the history, so that the history has the order in which bids were taken.
"""

import json
import os

import redis
import socketio
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import run_simple

from martelo.auctions.settings import StoreSettings
from martelo.runtime.process.settings import load

TIMEOUT_S = 5


def auction_key(auction_id: str) -> str:
    """Return the hash of an auction: whether it is `active`, and its `price` in centavos."""
    return f"naive:{auction_id}"


def history_key(auction_id: str) -> str:
    """Return where accepted amounts stand, in the order in which they were set."""
    return f"naive:{auction_id}:history"


def run() -> None:
    """Serve until SIGTERM."""
    settings = load(StoreSettings, os.environ)  # noqa: TID251 - a main
    url = settings.address_url.replace("valkey://", "redis://")
    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, decode_responses=True)
    sio = socketio.Server(async_mode="threading", client_manager=socketio.RedisManager(url))
    run_simple(settings.host, settings.port, build_app(client, sio), threaded=True)


def build_app(client: "redis.Redis", sio: socketio.Server) -> socketio.WSGIApp:
    """Return the app over one store."""
    app = Flask(__name__)

    @app.post("/place-bid")
    def place_bid() -> ResponseReturnValue:
        body = request.get_json()
        auction_id, cents = body["auction_id"], round(float(body["amount"]) * 100)
        auction = client.hgetall(auction_key(auction_id))
        if not auction or auction["active"] != "1":
            return jsonify(error="there is no such open auction"), 404
        if cents <= int(auction["price"]):
            return jsonify(error="too low"), 409
        update = {"auction_id": auction_id, "current_price": cents / 100}
        with client.pipeline() as pipe:
            pipe.hset(auction_key(auction_id), "price", cents)
            pipe.zadd(f"naive:{auction_id}:bids", {request.headers["Idempotency-Key"]: cents})
            pipe.rpush(history_key(auction_id), cents)
            pipe.publish("bids", json.dumps(update))
            pipe.execute()
        sio.emit("auction_update", update, room=auction_id)
        return jsonify(update), 201

    def join(sid: str, request: dict[str, str]) -> None:
        sio.enter_room(sid, request["auction_id"])

    sio.on("join", join)
    return socketio.WSGIApp(sio, app)


if __name__ == "__main__":
    run()
