"""A house that ends TLS itself, under a certificate of the tests' own authority."""

import base64
import hashlib
import json
import re
import secrets
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from urllib.parse import urlencode

import pytest

from engines.authority import Authority
from engines.ports import free_port
from stacks import DEADLINE_S, LaunchedStack, wait_for
from visitors import PASSWORD

HOST = "localhost"


@dataclass
class SecureHouse:
    """A running stack behind TLS, and who signs for it."""

    stack: LaunchedStack
    authority: Authority
    port: int
    redirect_port: int

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    def connect(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        plain = socket.create_connection((HOST, self.port), timeout=20)
        return context.wrap_socket(plain, server_hostname=HOST)

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[HTTPResponse, str]:
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        connection = HTTPSConnection(HOST, self.port, timeout=20, context=context)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def open_feed(self, origin: str) -> tuple[ssl.SSLSocket, bytes]:
        """Open a WebSocket as a page of `origin` does; return it and the answer's first line."""
        connection = self.connect()
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = [
            "GET /live HTTP/1.1",
            f"Host: {HOST}:{self.port}",
            f"Origin: {origin}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection, connection.recv(4096).partition(b"\r\n")[0]


def fingerprint(connection: ssl.SSLSocket) -> str:
    certificate = connection.getpeercert(binary_form=True)
    assert certificate is not None
    return hashlib.sha256(certificate).hexdigest()


def ping(connection: ssl.SSLSocket) -> bool:
    """Return whether a WebSocket answers a ping."""
    connection.sendall(b"\x89\x80" + b"\x00" * 4)
    return wait_for(lambda: True if b"\x8a\x00" in connection.recv(4096) else None, "a pong")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureHouse]:
    folder = tmp_path_factory.mktemp("tls")
    authority, port, redirect_port = Authority(folder), free_port(), free_port()
    files = authority.issue(HOST)
    url = f"https://{HOST}:{port}"
    stack = LaunchedStack(folder / "data", {"MARTELO_ENV": "production", "MARTELO_PUBLIC_URL": url})
    tls = ("--tls-cert", str(files.certificate), "--tls-key", str(files.key))
    ports = ("--port", str(port), "--redirect-port", str(redirect_port))
    try:
        stack.up("gateway", "storefront", "auctions-live", words=(*tls, *ports))
        yield SecureHouse(stack, authority, port, redirect_port)
    finally:
        stack.close()


def test_the_link_of_the_first_administrator_is_printed_and_in_no_log(house: SecureHouse) -> None:
    launcher = house.stack.launcher
    assert launcher.stdout is not None
    # Reading has no time-out.
    deadline = threading.Timer(DEADLINE_S, launcher.kill)
    deadline.start()
    printed = next(line for line in launcher.stdout if "/primeiro-administrador?chave=" in line)
    deadline.cancel()

    link = printed.split()[-1]
    assert link.startswith(f"{house.url}/primeiro-administrador?chave=")
    logs = (house.stack.data / "log").iterdir()
    assert not any("chave=" in path.read_text() for path in logs)
    assert house.url in house.stack.do("exec", "storefront", "admin-link")
    refused, _ = house.ask("GET", link.removeprefix(house.url))
    assert refused.headers["Location"].startswith("/entrar?next=")


def test_every_answer_asks_for_https_from_now_on(house: SecureHouse) -> None:
    for path in ("/", "/metrics", "/.well-known/jwks.json"):
        answer, _ = house.ask("GET", path)

        assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]


@pytest.mark.parametrize(
    ("host", "status"),
    [("rebound.example", 421), ("127.0.0.1", 200), ("localhost", 200), (f"{HOST}:1", 200)],
)
def test_a_foreign_name_is_refused(house: SecureHouse, host: str, status: int) -> None:
    answer, body = house.ask("GET", "/ajuda", Host=host)

    assert answer.status == status, body
    api, problem = house.ask("GET", "/api/auth/me", Host=host)
    expected = "unknown-host" if status == 421 else "not-signed-in"
    assert json.loads(problem)["type"] == f"/problems/{expected}"
    assert api.status == json.loads(problem)["status"]


def test_plain_http_leads_to_it(house: SecureHouse) -> None:
    for port in (house.redirect_port, house.port):
        connection = HTTPConnection(HOST, port, timeout=20)
        connection.request("GET", "/leiloes?q=bolo", headers={"Host": "evil.example"})
        answer = connection.getresponse()

        assert answer.status == 308
        assert answer.headers["Location"] == f"{house.url}/leiloes?q=bolo"
        connection.close()


def test_cookies_are_of_this_host_and_of_https_alone(house: SecureHouse) -> None:
    shown, page = house.ask("GET", "/cadastro")
    form = shown.headers["Set-Cookie"]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    typed = {"email": "tls@example.com", "password": PASSWORD, "name": "Ana"}
    sent = urlencode({"csrfmiddlewaretoken": token[1], **typed})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": form.partition(";")[0],
    }

    refused, _ = house.ask(
        "POST", "/cadastro", sent, **headers, Origin=house.url.replace("s", "", 1)
    )
    entered, _ = house.ask("POST", "/cadastro", sent, **headers, Origin=house.url)

    assert refused.status == 403
    assert entered.status == 303
    for cookie in (form, *entered.headers.get_all("Set-Cookie", [])):
        # Django's messages are signed, and their cookie's name is its own.
        assert cookie.startswith(("__Host-martelo-", "messages="))
        assert "; Secure" in cookie
        assert "; Path=/" in cookie
        assert "; HttpOnly" in cookie
    assert any("martelo-session" in each for each in entered.headers.get_all("Set-Cookie", []))


def test_a_renewed_certificate_is_used_without_ending_connections(house: SecureHouse) -> None:
    feed, status = house.open_feed(house.url)
    assert status == b"HTTP/1.1 101 Switching Protocols"
    first = fingerprint(feed)

    house.authority.issue("elsewhere.example")
    house.stack.wait_ready("gateway")
    wait_for(lambda: "is not used" in house.stack.do("logs", "martelo") or None, "the refusal")
    with house.connect() as connection:
        assert fingerprint(connection) == first
    house.authority.issue(HOST)

    def look() -> bool | None:
        with house.connect() as connection:
            return True if fingerprint(connection) != first else None

    wait_for(look, "the new certificate")
    assert ping(feed)
    feed.close()


def test_live_connections_of_plain_http_pages_are_refused(house: SecureHouse) -> None:
    feed, status = house.open_feed(f"http://{HOST}:{house.port}")

    assert status.startswith(b"HTTP/1.1 403")
    feed.close()
