"""`agent-api`: reports, and effects for administrators, on granian."""

import os
import time

from flask import Flask

from martelo.agent.adapters.delivery.composing import SenderComposer
from martelo.agent.adapters.effects.sql_console import SqlConsole
from martelo.agent.adapters.effects.sql_people import SqlPeople
from martelo.agent.adapters.sources.context_client import ContextClient
from martelo.agent.adapters.sources.http_people import HttpPeople
from martelo.agent.api.people import people_routes
from martelo.agent.api.problems import PROBLEMS
from martelo.agent.api.routes import Dependencies, agent_routes
from martelo.agent.main.openapi import load_openapi
from martelo.agent.settings import ApiSettings
from martelo.agent.use_cases.outbox import Outbox
from martelo.runtime.flask.serving import ApiProcess, build_api
from martelo.runtime.http.client import open_client
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.postgresql.connections import DatabaseUnavailable, open_engine
from martelo.runtime.process.commands import Command

POOL_SIZE = 4
CONTACT_TIMEOUT_S = 0.5


def worker_app() -> Flask:
    """Return the WSGI app of one granian worker."""
    return PROCESS.worker_app(os.environ)  # noqa: TID251 - main reads it


def build(settings: ApiSettings, metrics: HttpMetrics) -> Flask:
    """Return the agent's API, its dependencies open."""
    engine = open_engine(settings.database_url, application="agent-api", pool_size=POOL_SIZE)
    verifier = TokenVerifier(
        settings.accounts_url, open_client(), time.time, service_key=settings.service_key
    )
    console = SqlConsole(engine)
    deps = Dependencies(
        console=console,
        outbox=open_outbox(settings, console),
        people=SqlPeople(engine),
        verifier=verifier,
        service_callers=settings.service_callers or {},
    )
    return build_app(deps, metrics)


def open_outbox(settings: ApiSettings, console: SqlConsole) -> Outbox:
    """Return the outbox, which asks accounts for addresses with a short timeout."""
    http = open_client(read_timeout_s=CONTACT_TIMEOUT_S)
    accounts = ContextClient(settings.accounts_url, http, service_key=settings.service_key)
    people = HttpPeople(accounts, time.monotonic)
    return Outbox(console, people, SenderComposer(settings.mail_from), time.monotonic)


def build_app(deps: Dependencies, metrics: HttpMetrics) -> Flask:
    """Return the agent's API over `deps`."""
    return build_api(
        "agent-api",
        problems=PROBLEMS,
        readiness=lambda: {"store": "ok" if deps.console.is_up() else "down"},
        metrics=metrics,
        routes=[agent_routes(deps), people_routes(deps.people, deps.service_callers)],
        documents={"openapi": load_openapi()},
    )


PROCESS = ApiProcess(
    name="agent-api",
    settings=ApiSettings,
    build=build,
    worker="martelo.agent.main.api:worker_app",
)
COMMAND = Command(
    name="agent-api",
    settings=ApiSettings,
    run=PROCESS.serve,
    unavailable=(DatabaseUnavailable,),
)
