"""`catalog-replica`: products as everybody reads them, from the standby, on granian."""

import os
import time

from flask import Flask

from martelo.catalog.adapters.sql_catalog import SqlCatalog
from martelo.catalog.api.problems import PROBLEMS
from martelo.catalog.api.reading import read_routes
from martelo.catalog.main.openapi import load_openapi
from martelo.catalog.settings import ReplicaSettings
from martelo.runtime.flask.serving import ApiProcess, build_api
from martelo.runtime.http.client import open_client
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.postgresql.connections import DatabaseUnavailable, open_engine
from martelo.runtime.process.commands import Command

POOL_SIZE = 4


def worker_app() -> Flask:
    """Return the WSGI app of one granian worker."""
    return PROCESS.worker_app(os.environ)  # noqa: TID251 - main reads it


def build(settings: ReplicaSettings, metrics: HttpMetrics) -> Flask:
    """Return the reading part of the catalog's API, its dependencies open."""
    engine = open_engine(
        settings.database_reader_url, application="catalog-replica", pool_size=POOL_SIZE
    )
    catalog = SqlCatalog(engine)
    verifier = TokenVerifier(
        settings.accounts_url, open_client(), time.time, service_key=settings.service_key
    )
    return build_api(
        "catalog-replica",
        problems=PROBLEMS,
        readiness=lambda: {"store": "ok" if catalog.is_up() else "down"},
        metrics=metrics,
        routes=[read_routes(catalog, verifier)],
        documents={"openapi": load_openapi()},
    )


PROCESS = ApiProcess(
    name="catalog-replica",
    settings=ReplicaSettings,
    build=build,
    worker="martelo.catalog.main.replica:worker_app",
)
COMMAND = Command(
    name="catalog-replica",
    settings=ReplicaSettings,
    run=PROCESS.serve,
    unavailable=(DatabaseUnavailable,),
)
