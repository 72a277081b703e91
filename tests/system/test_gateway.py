"""The gateway's template on a real nginx, with stub servers that return what they received."""

import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engines.ports import free_port
from stacks import LaunchedStack, wait_for

VIEWERS = 50
BEHIND = (
    "storefront",
    "auctions-api",
    "auctions-live",
    "auctions-socketio",
    "images-api",
    "agent-api",
)
FURTHER = ("auctions-live-2", "auctions-live-3", "auctions-socketio-2", "auctions-socketio-3")


class StubHandler(BaseHTTPRequestHandler):
    """Answers with the request and the server's name."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        assert isinstance(self.server, StubServer)
        self.server.requested.append(self.path)
        if "cut-me-off" in self.path:
            self.close_connection = True
            return
        if self.path.endswith("/events"):
            self._stream()
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = {
            "name": self.server.name,
            "path": self.path,
            "headers": headers,
            "body": len(body),
        }
        answer = json.dumps(received).encode()
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("X-Request-Id", "from-behind")
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815 - the name the base class looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        del format, args

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("X-Accel-Buffering", "no")
        self.end_headers()
        self.wfile.write(b": first\n\n")
        self.wfile.flush()
        assert isinstance(self.server, StubServer)
        self.server.go_on.wait(30)
        self.close_connection = True


class StubServer(ThreadingHTTPServer):
    """A stub server; `requested` lists the paths it received."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, name: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), StubHandler)
        self.name = name
        self.requested: list[str] = []
        self.go_on = threading.Event()


class House:
    """A running gateway and the stub servers behind it."""

    def __init__(self, port: int, behind: dict[str, StubServer]) -> None:
        self.port = port
        self.behind = behind

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers by lower-case name, and body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read()
        finally:
            connection.close()

    def receive(self, path: str, **headers: str) -> dict[str, Any]:
        """Return the request as the stub server received it."""
        received: dict[str, Any] = json.loads(self.ask(path, "GET", None, **headers)[2])
        return received

    def send(self, text: bytes) -> bytes:
        """Return the complete answer to raw bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65_536), b""))


def open_house(stack: LaunchedStack, cleanup: ExitStack, names: tuple[str, ...] = BEHIND) -> House:
    ports = {name: free_port() for name in names}
    for name, port in ports.items():
        stack.environment[f"MARTELO_PORT_{name.upper().replace('-', '_')}"] = str(port)
    cleanup.callback(stack.close)
    stack.up("gateway")
    behind = {name: StubServer(name, port) for name, port in ports.items()}
    for server in behind.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cleanup.callback(server.server_close)
        cleanup.callback(server.shutdown)
        cleanup.callback(server.go_on.set)
    return House(stack.process("gateway")["ports"][0], behind)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as cleanup:
        yield open_house(_stack(tmp_path_factory.mktemp("gateway"), "off"), cleanup)


@pytest.fixture(scope="module")
def grown_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a gateway with three of each live process behind it."""
    stack = _stack(tmp_path_factory.mktemp("grown"), "off")
    stack.environment["MARTELO_WORKERS"] = "3"
    with ExitStack() as cleanup:
        yield open_house(stack, cleanup, (*BEHIND, *FURTHER))


@pytest.fixture(scope="module")
def proxied_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a gateway that trusts this machine and a private network as proxies."""
    stack = _stack(tmp_path_factory.mktemp("proxied"), "on")
    stack.environment["MARTELO_TRUSTED_PROXIES"] = "127.0.0.1, 10.0.0.0/8"
    with ExitStack() as cleanup:
        yield open_house(stack, cleanup)


@pytest.fixture
def limited_house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as cleanup:
        yield open_house(_stack(tmp_path, "on"), cleanup)


def _stack(folder: Path, rate_limits: str) -> LaunchedStack:
    settings = {"MARTELO_RATE_LIMITS": rate_limits, "MARTELO_STREAMS_AT_ONCE": str(VIEWERS)}
    return LaunchedStack(folder / "data", settings)


class TestLocations:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/", "storefront"),
            ("/docs", "storefront"),
            ("/static/site.css", "storefront"),
            ("/api/auth/keys", "storefront"),
            ("/api/auth/token", "storefront"),
            ("/.well-known/jwks.json", "storefront"),
            ("/create-auction", "auctions-api"),
            ("/view-auctions?limit=5", "auctions-api"),
            ("/place-bid", "auctions-api"),
            ("/auction/07-abc", "auctions-api"),
            ("/auction/07-abc/ledger", "auctions-api"),
            ("/my/bids", "auctions-api"),
            ("/auction/07-0/report", "agent-api"),
            ("/api/agent/effects", "agent-api"),
            ("/api/agent/effects/1/resend", "agent-api"),
            ("/api/images", "images-api"),
            ("/media/0a-thumb.webp", "images-api"),
            ("/live", "auctions-live"),
            ("/socket.io/?EIO=4", "auctions-socketio"),
        ],
    )
    def test_lead_to_their_process(self, house: House, path: str, name: str) -> None:
        received = house.receive(path)

        assert (received["name"], received["path"]) == (name, path)

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/openapi/accounts.json", "storefront"),
            ("/openapi/auctions.json", "auctions-api"),
            ("/openapi/images.json", "images-api"),
            ("/openapi/agent.json", "agent-api"),
        ],
    )
    def test_find_each_contract(self, house: House, path: str, name: str) -> None:
        received = house.receive(path)

        assert (received["name"], received["path"]) == (name, "/openapi.json")

    def test_find_the_contract_of_the_live_feed(self, house: House) -> None:
        received = house.receive("/asyncapi/auctions.json")

        assert (received["name"], received["path"]) == ("auctions-api", "/asyncapi.json")

    @pytest.mark.parametrize(
        "path",
        [
            "/internal/keys/exchange",
            "/internal/images?ids=a",
            "/internal/auctions/finished",
            "/media/../internal/images",
            "/internal",
            "/metrics",
            "/metrics/",
            "/healthz",
            "/readyz",
            "/openapi/nobody.json",
            "/asyncapi/nobody.json",
            "//internal/x",
            "/auction//internal",
            "/auction/../internal/x",
            "/internal/../view-auctions",
            "/auction/./x",
            "/auction/..",
            "/auction/%2e%2e/internal/x",
            "/auction/%2E./internal/x",
            "/auction%2f..%2finternal",
            "/auction/..%5cinternal",
            "/.martelo/problem",
            "/.martelo/page",
        ],
    )
    def test_hide_internal_paths(self, house: House, path: str) -> None:
        before = {name: len(server.requested) for name, server in house.behind.items()}

        status, headers, body = house.ask(path)

        assert status == 404
        assert headers["content-type"] == "application/problem+json"
        assert json.loads(body)["type"] == "/problems/not-found"
        assert before == {name: len(server.requested) for name, server in house.behind.items()}

    def test_allow_in_queries_what_paths_must_not_hold(self, house: House) -> None:
        assert (
            house.receive("/view-auctions?q=a//b/../%2e")["path"] == "/view-auctions?q=a//b/../%2e"
        )


class TestHeaders:
    def test_overwrite_what_a_caller_forges(self, house: House) -> None:
        forged = {
            "X_Forwarded_For": "203.0.113.9",
            "X_Forwarded_Proto": "https",
            "X_Forwarded_Host": "bank.example",
            "X_Forwarded_Port": "1",
            "X_Forwarded_Prefix": "/x",
            "X_Real_IP": "203.0.113.9",
            "Forwarded": "for=203.0.113.9",
        }

        headers = house.receive("/place-bid", **forged)["headers"]

        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-real-ip"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"
        assert headers["x-forwarded-host"] == f"127.0.0.1:{house.port}"
        assert not {"forwarded", "x-forwarded-port", "x-forwarded-prefix"} & set(headers)

    def test_show_the_caller_whom_a_trusted_proxy_names(self, proxied_house: House) -> None:
        path = "203.0.113.9, 198.51.100.7, 10.1.2.3"

        headers = proxied_house.receive(
            "/place-bid", X_Forwarded_For=path, X_Forwarded_Proto="https"
        )["headers"]

        # What comes before the last address that is not a proxy's could be forged.
        assert headers["x-forwarded-for"] == headers["x-real-ip"] == "198.51.100.7"
        assert headers["x-forwarded-proto"] == "https"

    @pytest.mark.parametrize("scheme", ["", "https, http", "ftp", 'https"x'])
    def test_believe_no_malformed_scheme(self, proxied_house: House, scheme: str) -> None:
        headers = proxied_house.receive("/place-bid", X_Forwarded_Proto=scheme)["headers"]

        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"

    def test_pass_a_well_formed_request_id_and_return_it_once(self, house: House) -> None:
        _, headers, body = house.ask("/place-bid", X_Request_Id="try-12345678")

        assert headers["x-request-id"] == "try-12345678"
        assert json.loads(body)["headers"]["x-request-id"] == "try-12345678"

    @pytest.mark.parametrize("given", ["", "short", 'in"jected-12', "a" * 65, "white space 12"])
    def test_replace_a_malformed_request_id(self, house: House, given: str) -> None:
        _, headers, body = house.ask("/place-bid", X_Request_Id=given)

        assert len(headers["x-request-id"]) == 32
        assert json.loads(body)["headers"]["x-request-id"] == headers["x-request-id"]

    def test_show_no_version(self, house: House) -> None:
        assert house.ask("/")[1]["server"] == "nginx"


class TestOwnAnswers:
    def test_are_problems_with_the_request_id(self, house: House) -> None:
        status, headers, body = house.ask("/metrics", X_Request_Id="try-12345678")

        problem = json.loads(body)
        assert (status, problem["status"]) == (404, 404)
        assert problem["instance"] == headers["x-request-id"] == "try-12345678"
        assert set(problem) == {"type", "title", "status", "detail", "instance"}

    def test_are_a_page_for_people(self, house: House) -> None:
        status, headers, body = house.ask("/metrics", Accept="text/html,*/*;q=0.8")

        assert status == 404
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "Não há nada neste endereço" in body.decode()

    def test_leave_the_answers_of_others_alone(self, house: House) -> None:
        status, _, body = house.ask("/auction/missing")

        assert status == 404
        assert json.loads(body)["name"] == "auctions-api"

    def test_refuse_bodies_over_64_kilobytes(self, house: House) -> None:
        fits = house.ask("/place-bid", "POST", b"x" * 65_536)
        status, _, body = house.ask("/place-bid", "POST", b"x" * 65_537)

        assert json.loads(fits[2])["body"] == 65_536
        assert status == 413
        assert json.loads(body)["type"] == "/problems/too-large"

    def test_accept_larger_bodies_for_pictures_only(self, house: House) -> None:
        maximum = 15 * 1024 * 1024

        fits = house.ask("/api/images", "POST", b"x" * maximum)

        assert json.loads(fits[2])["body"] == maximum
        assert house.ask("/api/images", "POST", b"x" * (maximum + 1))[0] == 413
        assert house.ask("/api/images/more", "POST", b"x" * 65_537)[0] == 413

    def test_say_that_the_outcome_is_unknown_and_when_to_retry(self, house: House) -> None:
        status, headers, body = house.ask("/place-bid?cut-me-off", "POST", b"{}")

        assert status == 502
        assert headers["retry-after"] == "1"
        assert "Idempotency-Key" in json.loads(body)["detail"]

    @pytest.mark.parametrize(
        ("text", "status", "slug"),
        [
            (b"GARBAGE\r\n\r\n", 400, "bad-request"),
            (b"GET / HTTP/1.1\r\n\r\n", 400, "bad-request"),
            (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "bad-request"),
            (b"GET //x HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "bad-request"),
            (b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request"),
            (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri-too-long"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 400, "bad-request"),
            (b"GET http://x/internal/y HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not-found"),
        ],
    )
    def test_are_problems_for_malformed_requests(
        self, house: House, text: bytes, status: int, slug: str
    ) -> None:
        answer = house.send(text)

        assert answer.startswith(f"HTTP/1.1 {status} ".encode())
        assert f'"type":"/problems/{slug}"'.encode() in answer
        assert f'"status":{status},'.encode() in answer


class TestChanges:
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
    def test_are_sent_once_even_if_they_fail(self, house: House, method: str) -> None:
        path = f"/place-bid?cut-me-off-{method}"

        status, _, _ = house.ask(path, method, b"{}" if method != "GET" else None)

        assert status in {501, 502}
        assert house.behind["auctions-api"].requested.count(path) == (status == 502)


class TestTheFeed:
    def test_forwards_the_first_event_at_once(self, house: House) -> None:
        with socket.create_connection(("127.0.0.1", house.port), timeout=20) as connection:
            connection.sendall(
                b"GET /auction/07-abc/events HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n"
            )
            read = b""
            while b": first" not in read:
                chunk = connection.recv(4096)
                assert chunk
                read += chunk

        assert b"Content-Encoding" not in read
        assert b"X-Accel-Buffering: no\r\n" in read
        assert house.behind["auctions-live"].requested[-1] == "/auction/07-abc/events"

    def test_forwards_the_upgrade_header(self, house: House) -> None:
        headers = house.receive("/live", Connection="Upgrade", Upgrade="websocket")["headers"]

        assert headers["upgrade"] == "websocket"
        assert headers["connection"] == "upgrade"


class TestSeveral:
    def test_share_the_viewers(self, grown_house: House) -> None:
        request = b"GET /auction/07-abc/events HTTP/1.1\r\nHost: x\r\n\r\n"
        with ExitStack() as connections:
            for _ in range(12):
                connection = connections.enter_context(
                    socket.create_connection(("127.0.0.1", grown_house.port), timeout=20)
                )
                connection.sendall(request)
                assert connection.recv(4096).startswith(b"HTTP/1.1 200")

            watched = {
                name: server.requested.count("/auction/07-abc/events")
                for name, server in grown_house.behind.items()
                if name.startswith("auctions-live")
            }

        assert watched == {"auctions-live": 4, "auctions-live-2": 4, "auctions-live-3": 4}

    @pytest.mark.parametrize("first", ["auctions-socketio", *FURTHER[2:]])
    def test_send_a_session_to_its_process(self, grown_house: House, first: str) -> None:
        session = f"aW8OLhX4sadNhNdvAAAA.{grown_house.behind[first].server_port}"
        path = f"/socket.io/?EIO=4&transport=polling&sid={session}"

        met = {grown_house.receive(path)["name"] for _ in range(9)}
        posted = json.loads(grown_house.ask(path, "POST", b"40")[2])["name"]

        assert met == {first}
        assert posted == first

    def test_share_new_sessions(self, grown_house: House) -> None:
        path = "/socket.io/?EIO=4&transport=polling"

        met = {grown_house.receive(path)["name"] for _ in range(9)}

        assert met == {"auctions-socketio", *FURTHER[2:]}

    def test_ignore_forged_session_ids(self, grown_house: House) -> None:
        other = grown_house.behind["storefront"].server_port

        received = grown_house.receive(f"/socket.io/?EIO=4&transport=polling&sid=x.{other}")

        assert received["name"].startswith("auctions-socketio")

    def test_are_skipped_while_down_and_used_once_back(self, tmp_path: Path) -> None:
        stack = _stack(tmp_path, "off")
        stack.environment["MARTELO_WORKERS"] = "2"
        with ExitStack() as cleanup:
            house = open_house(stack, cleanup, (*BEHIND, "auctions-live-2", "auctions-socketio-2"))
            gone = house.behind["auctions-live"]
            gone.shutdown()
            gone.server_close()

            met = {house.receive("/live")["name"] for _ in range(12)}
            assert met == {"auctions-live-2"}

            back = StubServer("auctions-live", gone.server_port)
            threading.Thread(target=back.serve_forever, daemon=True).start()
            cleanup.callback(back.server_close)
            cleanup.callback(back.shutdown)
            met = {house.receive("/live")["name"] for _ in range(12)}
            assert met == {"auctions-live", "auctions-live-2"}

    def test_are_sent_a_change_once(self, grown_house: House) -> None:
        path = "/socket.io/?EIO=4&transport=polling&cut-me-off"

        status, _, _ = grown_house.ask(path, "POST", b"2probe")

        assert status == 502
        assert sum(server.requested.count(path) for server in grown_house.behind.values()) == 1


class TestLimits:
    def test_let_in_as_many_viewers_of_one_address_as_are_set(self, limited_house: House) -> None:
        request = b"GET /auction/07-abc/events HTTP/1.1\r\nHost: x\r\n\r\n"
        with ExitStack() as connections:
            for _ in range(VIEWERS):
                connection = connections.enter_context(
                    socket.create_connection(("127.0.0.1", limited_house.port), timeout=20)
                )
                connection.sendall(request)
                assert connection.recv(4096).startswith(b"HTTP/1.1 200")

            assert limited_house.ask("/auction/07-abc/events")[0] == 429

    def test_count_each_caller_behind_a_trusted_proxy_alone(self, proxied_house: House) -> None:
        with ExitStack() as connections:

            def view(address: str) -> bytes:
                connection = connections.enter_context(
                    socket.create_connection(("127.0.0.1", proxied_house.port), timeout=20)
                )
                header = f"X-Forwarded-For: {address}\r\n\r\n".encode()
                connection.sendall(b"GET /auction/07-abc/events HTTP/1.1\r\nHost: x\r\n" + header)
                return connection.recv(4096)[:12]

            assert {view("198.51.100.1") for _ in range(VIEWERS)} == {b"HTTP/1.1 200"}
            assert view("198.51.100.1") == b"HTTP/1.1 429"
            assert view("198.51.100.2") == b"HTTP/1.1 200"

    def test_close_incomplete_headers_before_incomplete_bodies(self, house: House) -> None:
        """No limit counts a connection until its headers are complete."""
        with ExitStack() as connections:
            body, headers = (
                connections.enter_context(
                    socket.create_connection(("127.0.0.1", house.port), timeout=20)
                )
                for _ in range(2)
            )
            body.sendall(b"POST /place-bid HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx")
            headers.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")

            closed_first, _, _ = select.select([body, headers], [], [], 20)

            assert closed_first == [headers]

    def test_are_off_together(self, house: House) -> None:
        statuses = {house.ask("/api/auth/token", "POST", b"{}")[0] for _ in range(30)}

        assert statuses == {200}


class TestTheLog:
    def test_is_json_and_holds_no_query(self, tmp_path: Path) -> None:
        with ExitStack() as cleanup:
            stack = _stack(tmp_path, "off")
            stack.environment["MARTELO_TRUSTED_PROXIES"] = "127.0.0.1"
            house = open_house(stack, cleanup)
            house.ask(
                "/view-auctions?token=very-secret",
                X_Request_Id="try-12345678",
                X_Forwarded_For="198.51.100.7",
            )

            def look() -> dict[str, Any] | None:
                lines = stack.do("logs", "gateway").splitlines()
                found = [line for line in lines if "try-12345678" in line]
                return json.loads(found[0][found[0].index("{") :]) if found else None

            entry = wait_for(look, "the line of the request")
            assert (entry["path"], entry["status"]) == ("/view-auctions", 200)
            assert entry["address"] == "198.51.100.7"
            assert "very-secret" not in stack.do("logs")
