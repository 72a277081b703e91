"""`catalog-api`: products and stock on the primary, on granian."""

import os
import time

from flask import Flask

from martelo.catalog.adapters.http_pictures import HttpPictures
from martelo.catalog.adapters.sql_catalog import SqlCatalog
from martelo.catalog.adapters.sql_products import SqlProducts
from martelo.catalog.api.problems import PROBLEMS
from martelo.catalog.api.reading import read_routes
from martelo.catalog.api.selling import sell_routes
from martelo.catalog.api.stock import stock_routes
from martelo.catalog.main.openapi import load_openapi
from martelo.catalog.settings import ApiSettings
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


def build(settings: ApiSettings, metrics: HttpMetrics) -> Flask:
    """Return the catalog's API, its dependencies open."""
    engine = open_engine(settings.database_url, application="catalog-api", pool_size=POOL_SIZE)
    catalog, store = SqlCatalog(engine), SqlProducts(engine)
    http, service_key = open_client(), settings.service_key
    pictures = HttpPictures(settings.images_url, http, service_key=service_key)
    verifier = TokenVerifier(settings.accounts_url, http, time.time, service_key=service_key)
    return build_api(
        "catalog-api",
        problems=PROBLEMS,
        readiness=lambda: {"store": "ok" if catalog.is_up() else "down"},
        metrics=metrics,
        routes=[
            read_routes(catalog, verifier),
            stock_routes(store, verifier),
            sell_routes(catalog, store, pictures, verifier),
        ],
        documents={"openapi": load_openapi()},
    )


PROCESS = ApiProcess(
    name="catalog-api",
    settings=ApiSettings,
    build=build,
    worker="martelo.catalog.main.api:worker_app",
)
COMMAND = Command(
    name="catalog-api",
    settings=ApiSettings,
    run=PROCESS.serve,
    unavailable=(DatabaseUnavailable,),
)
