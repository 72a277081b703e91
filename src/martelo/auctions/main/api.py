"""`auctions-api`: the HTTP API, on granian."""

import time
from functools import partial

from flask import Flask

from martelo.auctions.adapters.http_pictures import HttpPictures
from martelo.auctions.adapters.live_store.keys import (
    derived_auction_id,
    parse_auction_id,
    random_auction_id,
)
from martelo.auctions.adapters.live_store.setup import read_partitions
from martelo.auctions.adapters.live_store.standings import ValkeyStandings
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.adapters.record.reading import SqlRecord
from martelo.auctions.api.bidding import bid_routes, place_bid
from martelo.auctions.api.reading import read_routes
from martelo.auctions.api.selling import sell_routes
from martelo.auctions.api.services import service_routes
from martelo.auctions.api.shared import Dependencies
from martelo.auctions.main.asyncapi import load_asyncapi, name_server
from martelo.auctions.main.openapi import load_openapi
from martelo.auctions.main.store import open_connection, start_logs
from martelo.auctions.ports import StoreUnavailable
from martelo.auctions.settings import BID_BURST, ApiSettings
from martelo.auctions.wire.problems import PROBLEMS
from martelo.runtime.buckets import open_buckets
from martelo.runtime.flask.api import create_app
from martelo.runtime.http.client import open_client
from martelo.runtime.http.granian_server import serve
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.process.settings import load

POOL_SIZE = 4
THREADS = 32
"""A bid waits for the store to have it on disk: so many wait together, and share the wait."""


def run() -> None:
    """Serve the auctions API until told to stop."""
    settings = load(ApiSettings)
    start_logs(settings, "auctions-api")
    serve("martelo.auctions.main.api:worker_app", settings, threads=THREADS)


def worker_app() -> Flask:
    """Return the WSGI app of one granian worker."""
    settings = load(ApiSettings)
    start_logs(settings, "auctions-api")
    connection, valkey = open_connection(settings)
    partitions = read_partitions(valkey)
    engine = open_engine(settings.database_url, application="auctions-api", pool_size=POOL_SIZE)
    http, service_key = open_client(), settings.service_key
    deps = Dependencies(
        store=ValkeyStore(connection, partitions),
        record=SqlRecord(engine),
        standings=ValkeyStandings(connection, time.monotonic),
        pictures=HttpPictures(settings.images_url, http, service_key=service_key),
        verifier=TokenVerifier(settings.accounts_url, http, time.time, service_key=service_key),
        service_callers=settings.service_callers or {},
        bid_buckets=open_buckets(
            "bids", settings, rate_per_s=settings.bids_per_second, burst=BID_BURST
        ),
        parse_id=partial(parse_auction_id, partitions=partitions),
        random_id=partial(random_auction_id, partitions),
        derived_id=partial(derived_auction_id, partitions=partitions),
    )
    return build_app(deps, settings.public_url)


def build_app(deps: Dependencies, public_url: str | None) -> Flask:
    """Return the auctions API over what `deps` holds; its house is published at `public_url`."""

    def readiness() -> dict[str, str]:
        try:
            deps.store.now_ms()
        except StoreUnavailable:
            return {"store": "down"}
        return {"store": "ok"}

    documents = {"openapi": load_openapi(), "asyncapi": name_server(load_asyncapi(), public_url)}
    app = create_app("auctions", problems=PROBLEMS, documents=documents, readiness=readiness)
    app.add_hot_post("/place-bid", place_bid(deps))
    for routes in (bid_routes(deps), sell_routes(deps), read_routes(deps), service_routes(deps)):
        app.register_blueprint(routes)
    return app
