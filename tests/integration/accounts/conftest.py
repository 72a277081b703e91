"""One PostgreSQL for all tests of accounts, a storefront on it, and one that knows sessions."""

from collections.abc import Iterator

import pytest

from engines.postgresql import PostgresqlServer, start_postgresql
from engines.smtp import MailServer, answering
from engines.storefront import House, prepare_house
from engines.valkey import ValkeyServer, running, valkey_binary
from fakes.browser import Browser


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = start_postgresql(tmp_path_factory.mktemp("postgresql"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def house(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    house = prepare_house(postgresql, tmp_path_factory.mktemp("house"), "accounts")
    try:
        house.start()
        yield house
    finally:
        house.stop()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    with running(ValkeyServer(valkey_binary(), tmp_path_factory.mktemp("valkey"))) as server:
        yield server


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    with answering(MailServer()) as server:
        yield server


@pytest.fixture(scope="session")
def pages(
    postgresql: PostgresqlServer,
    valkey: ValkeyServer,
    mail_server: MailServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("pages")
    house = prepare_house(
        postgresql, folder, "pages", VALKEY_URL=valkey.url, **mail_settings(mail_server)
    )
    try:
        house.start()
        yield house
    finally:
        house.stop()


@pytest.fixture(scope="session")
def confirming(
    postgresql: PostgresqlServer,
    valkey: ValkeyServer,
    mail_server: MailServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """Run a house where people confirm their addresses."""
    house = prepare_house(
        postgresql,
        tmp_path_factory.mktemp("confirming"),
        "confirming",
        VALKEY_URL=valkey.url,
        EMAIL_CONFIRMATION="required",
        **mail_settings(mail_server),
    )
    try:
        house.start()
        yield house
    finally:
        house.stop()


def mail_settings(server: MailServer) -> dict[str, str]:
    """Return the settings of a storefront that sends by `server`."""
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(server.port),
        "SMTP_TLS": "off",
        "MAIL_FROM": "casa@example.com",
    }


@pytest.fixture(scope="session")
def empty_pages(
    postgresql: PostgresqlServer, valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Run a house without an administrator."""
    house = prepare_house(
        postgresql, tmp_path_factory.mktemp("empty"), "empty", VALKEY_URL=valkey.url
    )
    try:
        house.start()
        yield house
    finally:
        house.stop()


@pytest.fixture
def browser(pages: House) -> Browser:
    return Browser(pages.http, pages.url)
