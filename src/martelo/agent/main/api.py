"""`agent-api`: reports, and effects for administrators, on granian."""

import time

from flask import Flask

from martelo.agent.adapters.delivery.composing import SenderComposer
from martelo.agent.adapters.effects.sql_console import SqlConsole
from martelo.agent.adapters.sources.asking import Context
from martelo.agent.adapters.sources.http_people import HttpPeople
from martelo.agent.api.problems import PROBLEMS
from martelo.agent.api.routes import Dependencies, agent_routes
from martelo.agent.main.openapi import load_openapi
from martelo.agent.settings import ApiSettings
from martelo.agent.use_cases import Outbox
from martelo.runtime.flask.api import create_app
from martelo.runtime.http.client import open_client
from martelo.runtime.http.granian_server import serve
from martelo.runtime.identity.tokens import TokenVerifier
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.process import logs
from martelo.runtime.process.settings import load

POOL_SIZE = 4
CONTACT_TIMEOUT_S = 0.5


def run() -> None:
    """Serve the agent's API until told to stop."""
    settings = load(ApiSettings)
    logs.configure(settings.log_format, settings.log_level, "agent-api")
    serve("martelo.agent.main.api:worker_app", settings)


def worker_app() -> Flask:
    """Return the WSGI app of one granian worker."""
    settings = load(ApiSettings)
    logs.configure(settings.log_format, settings.log_level, "agent-api")
    engine = open_engine(settings.database_url, application="agent-api", pool_size=POOL_SIZE)
    verifier = TokenVerifier(
        settings.accounts_url, open_client(), time.time, service_key=settings.service_key
    )
    console = SqlConsole(engine)
    return build_app(Dependencies(console, open_outbox(settings, console), verifier))


def open_outbox(settings: ApiSettings, console: SqlConsole) -> Outbox:
    """Return the outbox, which asks accounts for addresses, and not for long."""
    http = open_client(read_timeout_s=CONTACT_TIMEOUT_S)
    accounts = Context(settings.accounts_url, http, service_key=settings.service_key)
    people = HttpPeople(accounts, time.monotonic)
    return Outbox(console, people, SenderComposer(settings.mail_from), time.monotonic)


def build_app(deps: Dependencies) -> Flask:
    """Return the agent's API over what `deps` holds."""
    app = create_app(
        "agent",
        problems=PROBLEMS,
        documents={"openapi": load_openapi()},
        readiness=lambda: {"store": "ok" if deps.console.is_up() else "down"},
    )
    app.register_blueprint(agent_routes(deps))
    return app
