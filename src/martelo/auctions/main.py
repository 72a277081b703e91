"""The auctions' processes: `python -m martelo.auctions.main NAME`.

One function a process; each wires everything once and hands it on.
"""

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import orjson
import redis
import structlog
from flask import Flask, Response

from martelo.auctions.adapters.migrate import migrate_record
from martelo.auctions.adapters.record.archive import SqlArchive
from martelo.auctions.adapters.record.reading import SqlRecord
from martelo.auctions.adapters.valkey_connection import Connection, Durability
from martelo.auctions.adapters.valkey_keys import (
    derived_auction_id,
    parse_auction_id,
    random_auction_id,
)
from martelo.auctions.adapters.valkey_ledgers import ValkeyLedgers
from martelo.auctions.adapters.valkey_setup import PartitionsDiffer, prepare_store, read_partitions
from martelo.auctions.adapters.valkey_store import ValkeyStore
from martelo.auctions.live import processes, socketio_process
from martelo.auctions.live.limits import Limits
from martelo.auctions.live.server import Timing
from martelo.auctions.ports import RecordUnavailable, StoreUnavailable
from martelo.auctions.problems import describe
from martelo.auctions.routes.bidding import bid_routes
from martelo.auctions.routes.reading import read_routes
from martelo.auctions.routes.selling import sell_routes
from martelo.auctions.routes.shared import Deps
from martelo.auctions.settings import (
    ApiSettings,
    FeedSettings,
    MigrateSettings,
    SocketIoSettings,
    StoreSettings,
    VerifySettings,
    WorkerSettings,
)
from martelo.auctions.verify import verify
from martelo.auctions.worker.ends import Ends
from martelo.auctions.worker.keeper import Keeper
from martelo.auctions.worker.process import SidePort, run_worker
from martelo.auctions.worker.purger import Purger
from martelo.runtime import logs
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.contract import load_contract
from martelo.runtime.http import open_client
from martelo.runtime.leadership import Leadership
from martelo.runtime.postgresql import DatabaseUnavailable, open_engine
from martelo.runtime.settings import ProcessSettings, load
from martelo.runtime.tokens import TokenVerifier
from martelo.runtime.valkey import Valkey, connect
from martelo.runtime.web import create_app
from martelo.runtime.wsgi import serve

POOL_SIZE = 4
WORKER_POOL_SIZE = 3
ARCHIVE_LOCK = 0x6D61_7274_0002
"""The advisory lock of the one worker that keeps the record."""

BID_BURST = 40

log = structlog.get_logger(__name__)


def main(arguments: list[str] | None = None) -> None:
    """Run the process or one-off named."""
    parser = argparse.ArgumentParser(prog="python -m martelo.auctions.main")
    commands = parser.add_subparsers(dest="name", required=True)
    for name in sorted(COMMANDS):
        commands.add_parser(name)
    verifying = commands.add_parser("verify")
    verifying.add_argument("auctions", nargs="+", metavar="auction")
    asked = parser.parse_args(arguments)
    try:
        if asked.name == "verify":
            verify_auctions(asked.auctions)
        else:
            COMMANDS[asked.name]()
    except (DatabaseUnavailable, PartitionsDiffer, RecordUnavailable, StoreUnavailable) as error:
        log.error("cannot-start", reason=str(error))  # noqa: TRY400 - the reason is the message
        raise SystemExit(1) from error


def api() -> None:
    """Serve the auctions API."""
    settings = load(ApiSettings)
    _start_logs(settings, "auctions-api")
    serve("martelo.auctions.main:api_app", settings)


def api_app() -> Flask:
    """Return the WSGI app of one worker of `auctions-api`."""
    settings = load(ApiSettings)
    _start_logs(settings, "auctions-api")
    store, partitions = open_store(settings)
    engine = open_engine(settings.database_url, application="auctions-api", pool_size=POOL_SIZE)
    verifier = TokenVerifier(
        settings.accounts_url, open_client(), time.time, service_key=settings.service_key
    )
    deps = Deps(
        store=store,
        record=SqlRecord(engine),
        verifier=verifier,
        bid_buckets=_bid_buckets(settings),
        parse_id=partial(parse_auction_id, partitions=partitions),
        random_id=partial(random_auction_id, partitions),
        derived_id=partial(derived_auction_id, partitions=partitions),
    )
    return build_app(deps)


def build_app(deps: Deps) -> Flask:
    """Return the auctions API over what `deps` holds."""

    def readiness() -> dict[str, str]:
        try:
            deps.store.now_ms()
        except StoreUnavailable:
            return {"store": "down"}
        return {"store": "ok"}

    app = create_app("auctions", describe=describe, readiness=readiness)
    for routes in (bid_routes(deps), sell_routes(deps), read_routes(deps)):
        app.register_blueprint(routes)
    contract = orjson.dumps(load_contract(Path(__file__).with_name("openapi.yaml")))
    app.add_url_rule(
        "/openapi.json", "openapi", lambda: Response(contract, mimetype="application/json")
    )
    return app


def worker() -> None:
    """Close, announce, archive and forget until told to stop."""
    settings = load(WorkerSettings)
    _start_logs(settings, "auctions-worker")
    valkey = _connect(settings.address_url, settings)
    partitions = read_partitions(valkey)
    connection = Connection(valkey, _durability(settings))
    store = ValkeyStore(connection, partitions)
    source = ValkeyLedgers(connection, valkey, partitions)
    url = settings.database_url
    archive = SqlArchive(
        open_engine(url, application="auctions-worker", pool_size=WORKER_POOL_SIZE)
    )
    leadership = Leadership(url, ARCHIVE_LOCK, application="auctions-archive")
    keeper = Keeper(leadership, store, source, archive, partitions)
    run_worker(
        Ends(store, source, partitions, first_partition=secrets.randbelow(partitions)),
        keeper,
        Purger(store, source, archive, keeper, kept_ms=settings.kept_after_end_s * 1000),
        SidePort(settings.host, settings.port),
    )


def verify_auctions(texts: Sequence[str]) -> None:
    """Print whether the ledgers of auctions add up to their states; exit with 1 where not."""
    settings = load(VerifySettings)
    _start_logs(settings, "auctions-verify")
    store, partitions = open_store(settings)
    engine = open_engine(settings.database_url, application="auctions-verify", pool_size=1)
    record = SqlRecord(engine)
    all_agree = True
    for text in texts:
        auction_id = parse_auction_id(text, partitions)
        found = [] if auction_id is None else verify(store, record, auction_id)
        if not found:
            sys.stdout.write(f"{text}: no such auction\n")
        for each in found:
            verdict = "differs" if each.differences else "agrees"
            sys.stdout.write(f"{text} {each.where}: {each.entries} entries, {verdict}\n")
            sys.stdout.writelines(f"  {difference}\n" for difference in each.differences)
        all_agree &= bool(found) and not any(each.differences for each in found)
    if not all_agree:
        raise SystemExit(1)


def live() -> None:
    """Serve event streams."""
    settings = load(FeedSettings)
    _start_logs(settings, "auctions-live")
    processes.live(
        processes.LiveSettings(
            host=settings.host,
            port=settings.port,
            valkey_url=settings.address_url,
            auctions_url=settings.auctions_url,
            limits=Limits(slow_s=settings.live_slow_s),
            timing=Timing(drain_s=settings.live_drain_s),
        )
    )


def socketio() -> None:
    """Serve Socket.IO."""
    settings = load(SocketIoSettings)
    _start_logs(settings, "auctions-socketio")
    origins = (origin.strip() for origin in settings.allowed_origins.split(","))
    socketio_process.socketio(
        socketio_process.SocketIoSettings(
            host=settings.host,
            port=settings.port,
            valkey_url=settings.address_url,
            valkey_timeout_ms=settings.valkey_timeout_ms,
            durability=_durability(settings),
            auctions_url=settings.auctions_url,
            accounts_url=settings.accounts_url,
            service_key=settings.service_key,
            public_url=settings.public_url,
            allowed_origins=tuple(origin for origin in origins if origin),
            bids_per_second=settings.bids_per_second if settings.rate_limits == "on" else None,
        )
    )


def migrate() -> None:
    """Prepare the record's tables, the store's partition count and its function library."""
    settings = load(MigrateSettings)
    _start_logs(settings, "auctions-migrate")
    migrate_record(settings.database_owner_url, settings.database_url)
    url = settings.valkey_admin_url or settings.address_url
    prepare_store(_connect(url, settings), settings.martelo_partitions)


def openapi() -> None:
    """Print the OpenAPI document."""
    contract = load_contract(Path(__file__).with_name("openapi.yaml"))
    sys.stdout.buffer.write(orjson.dumps(contract) + b"\n")


def open_store(settings: StoreSettings) -> tuple[ValkeyStore, int]:
    """Return the live store and its partition count.

    Raises:
        StoreUnavailable: It does not answer, or was not prepared.
    """
    valkey = _connect(settings.address_url, settings)
    partitions = read_partitions(valkey)
    return ValkeyStore(Connection(valkey, _durability(settings)), partitions), partitions


def _durability(settings: StoreSettings) -> Durability:
    return Durability(settings.valkey_wait_replicas, settings.valkey_wait_timeout_ms)


def _connect(url: str, settings: StoreSettings) -> Valkey:
    try:
        return connect(url, timeout_s=settings.valkey_timeout_ms / 1000)
    except redis.exceptions.RedisError as error:
        raise StoreUnavailable(str(error)) from error


def _bid_buckets(settings: ApiSettings) -> TokenBuckets | None:
    if settings.rate_limits == "off":
        return None
    return TokenBuckets(rate_per_s=settings.bids_per_second, burst=BID_BURST, clock=time.monotonic)


def _start_logs(settings: ProcessSettings, process: str) -> None:
    logs.configure(settings.log_format, settings.log_level, process)


COMMANDS = {
    "api": api,
    "live": live,
    "migrate": migrate,
    "openapi": openapi,
    "socketio": socketio,
    "worker": worker,
}


if __name__ == "__main__":
    main()
