"""`images-api`: pictures of lots, on granian."""

import os
import time

from flask import Flask

from martelo.images.adapters.gate import Gate
from martelo.images.adapters.pillow_encoder import PillowEncoder
from martelo.images.adapters.sql_store import SqlPictures
from martelo.images.api.problems import PROBLEMS
from martelo.images.api.routes import Dependencies, image_routes
from martelo.images.main.openapi import load_openapi
from martelo.images.settings import ApiSettings
from martelo.runtime.buckets import open_buckets
from martelo.runtime.flask.serving import ApiProcess, build_api
from martelo.runtime.http.client import open_client
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.postgresql.connections import DatabaseUnavailable, open_engine
from martelo.runtime.process.commands import Command
from martelo.runtime.process.memory import give_back_large_blocks

POOL_SIZE = 4
DECODED_AT_ONCE = 2
MAX_WAITING = 3
PATIENCE_S = 4.0
THREADS = 8
"""More than may decode or wait for it, so that pictures are served meanwhile."""


def worker_app() -> Flask:
    """Return the WSGI app of one granian worker."""
    return PROCESS.worker_app(os.environ)  # noqa: TID251 - main reads it


def build(settings: ApiSettings, metrics: HttpMetrics) -> Flask:
    """Return the images API, its dependencies open."""
    give_back_large_blocks()
    engine = open_engine(settings.database_url, application="images-api", pool_size=POOL_SIZE)
    gate = Gate(running=DECODED_AT_ONCE, waiting=MAX_WAITING, patience_s=PATIENCE_S)
    large = Gate(running=1, waiting=1, patience_s=PATIENCE_S)
    verifier = TokenVerifier(
        settings.accounts_url, open_client(), time.time, service_key=settings.service_key
    )
    deps = Dependencies(
        store=SqlPictures(engine),
        encoder=PillowEncoder(gate, large),
        verifier=verifier,
        upload_buckets=open_buckets(
            "uploads",
            settings,
            rate_per_s=settings.uploads_per_minute / 60,
            burst=settings.uploads_per_minute,
        ),
        service_callers=settings.service_callers,
    )
    return build_app(deps, metrics)


def build_app(deps: Dependencies, metrics: HttpMetrics) -> Flask:
    """Return the images API over `deps`."""
    return build_api(
        "images-api",
        problems=PROBLEMS,
        readiness=lambda: {"store": "ok" if deps.store.is_up() else "down"},
        metrics=metrics,
        routes=[image_routes(deps)],
        documents={"openapi": load_openapi()},
    )


PROCESS = ApiProcess(
    name="images-api",
    settings=ApiSettings,
    build=build,
    worker="martelo.images.main.api:worker_app",
    threads=THREADS,
)
COMMAND = Command(
    name="images-api",
    settings=ApiSettings,
    run=PROCESS.serve,
    unavailable=(DatabaseUnavailable,),
)
