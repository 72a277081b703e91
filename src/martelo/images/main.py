"""The images' process and one-offs: `python -m martelo.images.main NAME`.

One function each; each wires everything once and hands it on.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import orjson
import structlog
from flask import Flask

from martelo.images.adapters.gate import Gate
from martelo.images.adapters.pillow_encoder import PillowEncoder
from martelo.images.adapters.sql_store import SqlPictures
from martelo.images.api.problems import PROBLEMS
from martelo.images.api.routes import Dependencies, image_routes
from martelo.images.settings import ApiSettings, MigrateSettings
from martelo.runtime.buckets import open_buckets
from martelo.runtime.flask.api import create_app
from martelo.runtime.http.client import open_client
from martelo.runtime.http.granian_server import serve
from martelo.runtime.http.openapi import load_contract
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.postgresql import migrations
from martelo.runtime.postgresql.connections import DatabaseUnavailable, open_engine
from martelo.runtime.process import logs
from martelo.runtime.process.memory import give_back_large_blocks
from martelo.runtime.process.settings import ProcessSettings, load

POOL_SIZE = 4
DECODED_AT_ONCE = 2
MAX_WAITING = 3
PATIENCE_S = 4.0
THREADS = 8
"""More than may decode or wait for it, so that pictures are given out meanwhile."""

MIGRATIONS = Path(__file__).parent / "adapters" / "migrations"

log = structlog.get_logger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Run the process or one-off named."""
    parser = argparse.ArgumentParser(prog="python -m martelo.images.main")
    commands = parser.add_subparsers(dest="name", required=True)
    for name in sorted(COMMANDS):
        commands.add_parser(name)
    asked = parser.parse_args(arguments)
    try:
        COMMANDS[asked.name]()
    except DatabaseUnavailable as error:
        log.error("cannot-start", reason=str(error))  # noqa: TRY400 - the reason is the message
        raise SystemExit(1) from error


def api() -> None:
    """Serve the images API."""
    settings = load(ApiSettings)
    _start_logs(settings, "images-api")
    serve("martelo.images.main:api_app", settings, threads=THREADS)


def api_app() -> Flask:
    """Return the WSGI app of one worker of `images-api`."""
    settings = load(ApiSettings)
    _start_logs(settings, "images-api")
    give_back_large_blocks()
    engine = open_engine(settings.database_url, application="images-api", pool_size=POOL_SIZE)
    gate = Gate(running=DECODED_AT_ONCE, waiting=MAX_WAITING, patience_s=PATIENCE_S)
    large = Gate(running=1, waiting=1, patience_s=PATIENCE_S)
    return build_app(
        Dependencies(
            store=SqlPictures(engine),
            encoder=PillowEncoder(gate, large),
            verifier=TokenVerifier(
                settings.accounts_url, open_client(), time.time, service_key=settings.service_key
            ),
            upload_buckets=open_buckets(
                "uploads",
                settings,
                rate_per_s=settings.uploads_per_minute / 60,
                burst=settings.uploads_per_minute,
            ),
            service_callers=settings.service_callers,
        )
    )


def build_app(deps: Dependencies) -> Flask:
    """Return the images API over what `deps` holds."""
    app = create_app(
        "images",
        problems=PROBLEMS,
        documents={"openapi": _contract()},
        readiness=lambda: {"store": "ok" if deps.store.is_up() else "down"},
    )
    app.register_blueprint(image_routes(deps))
    return app


def migrate() -> None:
    """Prepare the tables."""
    settings = load(MigrateSettings)
    _start_logs(settings, "images-migrate")
    migrations.migrate(
        MIGRATIONS,
        settings.database_owner_url,
        settings.database_url,
        application="images-migrate",
    )


def openapi() -> None:
    """Print the OpenAPI document."""
    sys.stdout.buffer.write(orjson.dumps(_contract()) + b"\n")


def _contract() -> Mapping[str, object]:
    return load_contract(Path(__file__).parent / "api" / "openapi.yaml")


def _start_logs(settings: ProcessSettings, process: str) -> None:
    logs.configure(settings.log_format, settings.log_level, process)


COMMANDS = {"api": api, "migrate": migrate, "openapi": openapi}


if __name__ == "__main__":
    main()
