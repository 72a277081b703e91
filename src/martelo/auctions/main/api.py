"""`auctions-api`: the HTTP API, on granian."""

import os
import threading
import time
from functools import partial

from flask import Flask

from martelo.auctions.adapters.http_pictures import HttpPictures
from martelo.auctions.adapters.live_store.keys import (
    derived_auction_id,
    parse_auction_id,
    random_auction_id,
)
from martelo.auctions.adapters.live_store.outages import ValkeyOutages
from martelo.auctions.adapters.live_store.setup import read_partitions
from martelo.auctions.adapters.live_store.standings import ValkeyStandings
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.adapters.record.people import SqlPeople
from martelo.auctions.adapters.record.reading import SqlRecord
from martelo.auctions.api.acts import AdministratorActs
from martelo.auctions.api.administration import administration_routes
from martelo.auctions.api.bidding import bid_routes, place_bid
from martelo.auctions.api.people import people_routes
from martelo.auctions.api.quotas import PER_MINUTE, Quotas
from martelo.auctions.api.reading import read_routes
from martelo.auctions.api.selling import sell_routes
from martelo.auctions.api.services import service_routes
from martelo.auctions.api.shared import Dependencies
from martelo.auctions.main.asyncapi import load_asyncapi, name_server
from martelo.auctions.main.openapi import load_openapi
from martelo.auctions.main.store import open_connection
from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable
from martelo.auctions.ports.outages import Outages
from martelo.auctions.settings import BID_BURST, ApiSettings
from martelo.auctions.wire.problems import PROBLEMS
from martelo.runtime.buckets import open_buckets
from martelo.runtime.flask.serving import ApiProcess, build_api
from martelo.runtime.http.client import open_client
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.process.commands import Command
from martelo.runtime.worker.loops import Loop

POOL_SIZE = 4
BEAT_EVERY_S = 5.0
THREADS = 32
"""A bid waits for the store to have it on disk: so many wait together, and share the wait."""


def worker_app() -> Flask:
    """Return the WSGI app of one granian worker."""
    return PROCESS.worker_app(os.environ)  # noqa: TID251 - main reads it


def build(settings: ApiSettings, metrics: HttpMetrics) -> Flask:
    """Return the auctions API, its dependencies open."""
    connection, valkey = open_connection(settings)
    partitions = read_partitions(valkey)
    engine = open_engine(settings.database_url, application="auctions-api", pool_size=POOL_SIZE)
    http, service_key = open_client(), settings.service_key
    outages = ValkeyOutages(connection, partitions)
    _beat_in_background(outages)
    deps = Dependencies(
        store=ValkeyStore(
            connection, partitions, confirmation_factor=settings.bid_confirmation_factor
        ),
        record=SqlRecord(engine),
        people=SqlPeople(engine),
        outages=outages,
        standings=ValkeyStandings(connection, time.monotonic),
        pictures=HttpPictures(settings.images_url, http, service_key=service_key),
        verifier=TokenVerifier(settings.accounts_url, http, time.time, service_key=service_key),
        acts=AdministratorActs(metrics),
        quotas=_quotas(settings),
        service_callers=settings.service_callers or {},
        bid_buckets=open_buckets(
            "bids", settings, rate_per_s=settings.bids_per_second, burst=BID_BURST
        ),
        parse_id=partial(parse_auction_id, partitions=partitions),
        random_id=partial(random_auction_id, partitions),
        derived_id=partial(derived_auction_id, partitions=partitions),
    )
    return build_app(deps, settings.public_url, metrics)


def _quotas(settings: ApiSettings) -> Quotas:
    per_s = PER_MINUTE / 60
    return Quotas(
        lots=open_buckets("lots", settings, rate_per_s=per_s, burst=PER_MINUTE),
        purchases=open_buckets("purchases", settings, rate_per_s=per_s, burst=PER_MINUTE),
        max_open_lots=None if settings.rate_limits == "off" else settings.max_open_lots,
    )


def _beat_in_background(outages: Outages) -> None:
    """Note every few seconds that bids can be placed; what is not noted was an outage."""

    def beat() -> float:
        outages.beat()
        return BEAT_EVERY_S

    loop = Loop("heartbeat", beat, backoff_s=BEAT_EVERY_S)
    threading.Thread(
        target=loop.run, args=(threading.Event(),), name=loop.name, daemon=True
    ).start()


def build_app(deps: Dependencies, public_url: str | None, metrics: HttpMetrics) -> Flask:
    """Return the auctions API over `deps`; `public_url` is the server of the AsyncAPI document."""

    def readiness() -> dict[str, str]:
        try:
            deps.store.check_writes()
        except StoreUnavailable:
            return {"store": "down"}
        return {"store": "ok"}

    app = build_api(
        "auctions-api",
        problems=PROBLEMS,
        readiness=readiness,
        metrics=metrics,
        routes=[
            bid_routes(deps),
            sell_routes(deps),
            read_routes(deps),
            administration_routes(deps),
            service_routes(deps),
            people_routes(deps),
        ],
        documents={
            "openapi": load_openapi(),
            "asyncapi": name_server(load_asyncapi(), public_url),
        },
    )
    app.add_hot_post("/place-bid", place_bid(deps))
    return app


PROCESS = ApiProcess(
    name="auctions-api",
    settings=ApiSettings,
    build=build,
    worker="martelo.auctions.main.api:worker_app",
    threads=THREADS,
)
COMMAND = Command(
    name="auctions-api",
    settings=ApiSettings,
    run=PROCESS.serve,
    unavailable=(RecordUnavailable, StoreUnavailable),
)
