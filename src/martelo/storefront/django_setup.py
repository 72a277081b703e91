"""Django, wired: from settings to an application."""

import logging
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django
import structlog
from django.conf import settings as django_conf
from django.core.handlers.wsgi import WSGIHandler
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import translation
from pydantic import SecretStr

from martelo.accounts import dependencies as accounts
from martelo.accounts.closing.contexts import NoContexts, OtherContexts
from martelo.accounts.database import is_database_up
from martelo.accounts.house.cached import CachedHouse
from martelo.accounts.passwords.hashing import Passwords, argon2id
from martelo.accounts.security_events import SecurityEvents
from martelo.accounts.tokens.secrets import LinkTokens
from martelo.accounts.tokens.signing import Signer, SigningKey
from martelo.runtime.buckets import open_buckets
from martelo.runtime.http.client import Http, open_client
from martelo.runtime.http.metrics import HttpMetrics
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.worker.loops import Loop
from martelo.storefront.clients.agent import AgentClient
from martelo.storefront.clients.auctions import AuctionsClient
from martelo.storefront.clients.documents import ApiDocuments
from martelo.storefront.clients.house_numbers import HouseNumbers
from martelo.storefront.clients.images import ImagesClient
from martelo.storefront.clients.people import PeopleClient
from martelo.storefront.clients.reports import Reports
from martelo.storefront.clients.service_health import PATIENCE_S, ServiceHealth
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Sessions
from martelo.storefront.sessions.valkey_sessions import NoKeyValues, ValkeyKeyValues
from martelo.storefront.settings import Settings, cookies, django_settings
from martelo.storefront.texts.catalogues import compile_catalogues

if TYPE_CHECKING:
    from martelo.accounts.models import HouseSettings

MAX_WRONG_PASSWORDS = 20
"""Of one account in a row; then one more a minute, so that its owner is never locked out."""
UPLOAD_TIMEOUT_S = 8.0
REPORT_TIMEOUT_S = 0.4
PEOPLE_TIMEOUT_S = 70.0
"""Erasing waits until the store has rewritten its append-only file."""

ERASE_EVERY_S = 30.0
SEND_BUDGET_S = 60.0
"""For all steps of sending an e-mail; its lease is twice as long."""

OWN_API = "accounts"

log = structlog.get_logger(__name__)


def build_application(settings: Settings, keys: list[SigningKey]) -> WSGIHandler:
    """Return the application of `web`; nothing is connected to before the first request."""
    http = open_client(read_timeout_s=PATIENCE_S)
    is_secure = settings.public_url.startswith("https:")
    configure_django(
        settings.database_url,
        DEPENDENCIES=build_dependencies(settings, keys, http),
        # Behind a proxy that ends TLS the Host header alone does not show our origin.
        CSRF_TRUSTED_ORIGINS=[settings.public_url.rstrip("/")],
        **cookies(is_secure=is_secure),
        SECRET_KEY=settings.django_secret_key.get_secret_value(),
    )
    return WSGIHandler()


def build_dependencies(settings: Settings, keys: list[SigningKey], http: Http) -> Dependencies:
    """Return what the views need."""
    valkey_url = settings.valkey_url.get_secret_value() if settings.valkey_url else None
    agent = _agent(settings)
    metrics = HttpMetrics(open_registry(), settings.prometheus_multiproc_dir)
    key_values = ValkeyKeyValues(valkey_url) if valkey_url else NoKeyValues()
    sessions = Sessions(key_values, utc_now)
    return Dependencies(
        accounts=accounts.Dependencies(
            signer=Signer(keys),
            passwords=Passwords(argon2id()),
            sign_in_limits=open_buckets(
                "sign-ins",
                settings,
                rate_per_s=settings.sign_ins_per_minute / 60,
                burst=settings.sign_ins_per_minute,
            ),
            guess_limits=open_buckets(
                "guesses", settings, rate_per_s=1 / 60, burst=MAX_WRONG_PASSWORDS
            ),
            service_callers=settings.service_callers,
            sessions=sessions,
            link_tokens=LinkTokens(settings.django_secret_key.get_secret_value()),
            sends_mail=settings.smtp_host is not None,
            confirms_emails=settings.confirms_emails,
            events=SecurityEvents(metrics, kept_days=settings.access_records_days, now=utc_now),
            contexts=_contexts(settings),
            house=CachedHouse(_read_house, _default_house, time.monotonic),
            now=utc_now,
        ),
        now=utc_now,
        public_url=settings.public_url,
        is_database_up=is_database_up,
        neighbours=ServiceHealth(_addresses(settings), http, ThreadPoolExecutor(8, "neighbours")),
        numbers=HouseNumbers(
            list(filter(None, settings.metrics_urls.split(","))),
            http,
            ThreadPoolExecutor(8, "numbers"),
        ),
        contracts=ApiDocuments(_other_apis(settings), http, time.monotonic),
        sessions=sessions,
        auctions=AuctionsClient(settings.auctions_url, open_client()),
        images=_images(settings),
        agent=agent,
        reports=Reports(agent, time.monotonic),
        is_demo=settings.env == "development",
        metrics=metrics,
    )


def _read_house() -> "HouseSettings":
    from martelo.accounts.house.settings import read_house  # noqa: PLC0415 - needs the models

    return read_house()


def _default_house() -> "HouseSettings":
    from martelo.accounts.models import HouseSettings  # noqa: PLC0415 - the same

    return HouseSettings()


def _contexts(settings: Settings) -> OtherContexts:
    """Return the contexts that hold data of people, as far as this house has them."""
    if settings.service_key is None:
        return NoContexts()
    urls = {"auctions": settings.auctions_url, "agent": settings.agent_url}
    http = open_client(read_timeout_s=PEOPLE_TIMEOUT_S)
    known = {name: url for name, url in urls.items() if url is not None}
    return PeopleClient(known, http, settings.service_key.get_secret_value())


def start_erasing(settings: Settings) -> None:
    """Erase closed accounts in a thread; Django must be set up first."""
    from martelo.accounts.closing.account import erase_next  # noqa: PLC0415 - needs the models

    contexts = _contexts(settings)

    def step() -> float:
        close_old_connections()
        return 0.0 if erase_next(contexts, utc_now()) else ERASE_EVERY_S

    # Killed at any point, it leaves an account that is due again.
    loop = Loop("erasing", step, backoff_s=ERASE_EVERY_S)
    threading.Thread(
        target=loop.run, args=(threading.Event(),), name="erasing", daemon=True
    ).start()


def start_mailing(settings: Settings) -> None:
    """Send e-mails in a thread, if the house has a mail server; Django must be set up first."""
    server = settings.server(SEND_BUDGET_S)
    if server is None or settings.mail_from is None:
        return
    from martelo.accounts.mail.sending import Mailing, Route  # noqa: PLC0415 - needs the models
    from martelo.storefront.people.mail_texts import MailTexts  # noqa: PLC0415 - the same

    mailing = Mailing(
        Route(server, settings.mail_from, settings.dkim()),
        MailTexts(settings.public_url).write,
        LinkTokens(settings.django_secret_key.get_secret_value()),
        utc_now,
    )
    loop = Loop("mail", mailing.step, backoff_s=30)
    # Killed at any point, it leaves a row that is due again.
    threading.Thread(target=loop.run, args=(threading.Event(),), name="mail", daemon=True).start()


def report_missing_parts(settings: Settings) -> None:
    """Log what a house in production should say before it opens; Django must be set up first."""
    if settings.env != "production":
        return
    from martelo.accounts.house.completeness import missing_parts  # noqa: PLC0415 - needs the models

    try:
        missing = list(missing_parts(_read_house(), sends_mail=settings.smtp_host is not None))
    except (OperationalError, InterfaceError) as error:
        log.warning("house-settings-unavailable", reason=type(error).__name__)
        return
    if missing:
        log.warning("house-incomplete", missing=missing, page="/administracao/casa")


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)


def _other_apis(settings: Settings) -> dict[str, str]:
    """Return the address of each API but this process's own."""
    return {name: url for name, url in (settings.api_urls or {}).items() if name != OWN_API}


def _addresses(settings: Settings) -> dict[str, list[str]]:
    """Return the addresses that `/status` asks, by what answers there."""
    addresses = {name: [url] for name, url in _other_apis(settings).items()}
    return addresses | ({"live": settings.live_urls.split(",")} if settings.live_urls else {})


def _images(settings: Settings) -> ImagesClient | None:
    if settings.images_url is None:
        return None
    # Re-encoding a large picture takes its time.
    http = open_client(read_timeout_s=UPLOAD_TIMEOUT_S)
    return ImagesClient(settings.images_url, http)


def _agent(settings: Settings) -> AgentClient:
    # A lot's page waits for its report, and is complete without one.
    hasty = open_client(read_timeout_s=REPORT_TIMEOUT_S)
    return AgentClient(settings.agent_url, open_client(), hasty)


def configure_django(database_url: SecretStr, **overrides: object) -> None:
    """Set Django up in this process, with its message catalogues read into memory."""
    # It would log every refusal, and faults a second time after the edge.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="martelo-") as folder:
        locale = Path(folder)
        compile_catalogues(locale)
        django_conf.configure(**{**django_settings(database_url, [locale]), **overrides})
        django.setup()
        # Django reads a catalogue on first use and keeps it; after this the folder may go.
        for language, _ in django_conf.LANGUAGES:
            with translation.override(language):
                translation.gettext("Auctions")
