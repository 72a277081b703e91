"""`agent-worker`: reads of ends, and writes, sends and posts what follows from them."""

import asyncio
import time
from contextlib import closing

from prometheus_client import CollectorRegistry
from redis.exceptions import RedisError

from martelo.agent.adapters.delivery.discord import DiscordWebhook, webhook_closed
from martelo.agent.adapters.delivery.smtp_mailer import SmtpMailer
from martelo.agent.adapters.effects.sql_effects import SqlEffects
from martelo.agent.adapters.llm.building import build_writer
from martelo.agent.adapters.llm.metrics import WritingMetrics
from martelo.agent.adapters.sources.context_client import ContextClient
from martelo.agent.adapters.sources.http_lots import HttpLots
from martelo.agent.adapters.sources.http_people import HttpPeople
from martelo.agent.adapters.sources.valkey_ends import ValkeyEnds
from martelo.agent.ports.ends import EndsUnavailable
from martelo.agent.settings import WorkerSettings
from martelo.agent.worker.attempting import Dependencies
from martelo.agent.worker.delivering import Deliverer
from martelo.agent.worker.housekeeping import Housekeeper
from martelo.agent.worker.metrics import WorkerMetrics
from martelo.agent.worker.process import run_worker
from martelo.agent.worker.reading import Listener, Reader, Reconciler
from martelo.runtime.http.client import open_client
from martelo.runtime.postgresql.connections import DatabaseUnavailable, open_engine
from martelo.runtime.process.commands import Command
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.process.tracing import NotInstalled, Tracer, open_tracer
from martelo.runtime.valkey.client import connect
from martelo.runtime.worker.loops import Loop
from martelo.runtime.worker.process import SidePort

POOL_SIZE = 6
DISCORD_CONNECT_S = 3.0
DISCORD_READ_S = 15.0


def run(settings: WorkerSettings) -> None:
    """Work until SIGTERM or SIGINT."""
    valkey = connect(settings.address_url, timeout_s=settings.valkey_timeout_ms / 1000)
    source = ValkeyEnds(valkey)
    partitions = source.partitions()
    tracer = open_tracer(settings.otel_exporter_otlp_endpoint, "agent-worker")
    engine = open_engine(settings.database_url, application="agent-worker", pool_size=POOL_SIZE)
    store = SqlEffects(engine, lease=settings.lease, send_budget=settings.send_budget)
    registry = open_registry()
    outside = open_outside(settings, store, tracer, registry)
    metrics = outside.metrics
    reader = Reader(store, source, partitions, metrics)
    loops = [
        Loop("streams", reader.step),
        Loop("hints", Listener(store, source, metrics).step),
        Loop("record", Reconciler(store, outside.lots, metrics).step),
        Loop("measure", reader.measure),
        Loop("housekeeping", Housekeeper(store, settings.texts_kept, metrics).step),
    ]
    deliverer = Deliverer(outside, write_budget_s=settings.write_budget_s)
    side = SidePort(settings.host, settings.port, registry)
    with closing(tracer):
        asyncio.run(run_worker(loops, deliverer, side))


def open_outside(
    settings: WorkerSettings, store: SqlEffects, tracer: Tracer, registry: CollectorRegistry
) -> Dependencies:
    """Return what the worker calls, with its metrics in `registry`."""
    closed = webhook_closed(registry)
    http, key = open_client(), settings.service_key
    server, webhook = settings.server(settings.send_budget_s), settings.discord_webhook_url
    return Dependencies(
        store=store,
        writer=build_writer(
            settings, WritingMetrics(registry), channel=settings.discord_channel_name, tracer=tracer
        ),
        lots=HttpLots(
            ContextClient(settings.auctions_url, http),
            ContextClient(settings.auctions_url, http, service_key=key),
        ),
        people=HttpPeople(
            ContextClient(settings.accounts_url, http, service_key=key), time.monotonic
        ),
        mailer=None
        if server is None or settings.mail_from is None
        else SmtpMailer(server, settings.mail_from, settings.dkim()),
        poster=None
        if webhook is None
        else DiscordWebhook(
            webhook.get_secret_value(),
            open_client(connect_timeout_s=DISCORD_CONNECT_S, read_timeout_s=DISCORD_READ_S),
            closed,
        ),
        public_url=settings.public_url,
        metrics=WorkerMetrics(registry),
        tracer=tracer,
    )


COMMAND = Command(
    name="agent-worker",
    settings=WorkerSettings,
    run=run,
    unavailable=(DatabaseUnavailable, EndsUnavailable, NotInstalled, RedisError),
)
