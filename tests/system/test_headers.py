"""The headers of every answer, from any process, and headers that callers cannot forge."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from engines.ports import free_port
from stacks import LaunchedStack
from visitors import Account, House, PageResponse

SOURCES = Path(__file__).parents[2] / "src" / "martelo"
OUTSIDE = (
    *("/", "/docs", "/static/web/martelo.css", "/leiloes/x", "/nothing", "/nothing/at/all"),
    *(
        "/view-auctions",
        "/view-auctions?limit=0",
        "/auction/x",
        "/auction/x/bids",
        "/auction/x/events",
    ),
    *("/auction/x/ledger", "/create-auction", "/place-bid", "/auction/x/cancel", "/my/bids"),
    *("/my/auctions", "/api/auth/me", "/api/auth/keys", "/api/auth/token", "/api/auth/nothing"),
    *("/.well-known/jwks.json", "/openapi/accounts.json", "/openapi/auctions.json"),
    *("/asyncapi/auctions.json", "/asyncapi/none.json"),
    *("/openapi/none.json", "/internal/keys/exchange", "/metrics", "/healthz", "/readyz"),
    *("//", "/a/../b", "/auction/%2e%2e/x", "/live", "/socket.io/", "/socket.io/?EIO=4"),
)
SECRETS = ("granian", "python", "flask", "django", "werkzeug", "uvicorn", "httptools", "nginx/")


def check_headers(answer: PageResponse, what: str) -> None:
    assert 8 <= len(answer.headers["x-request-id"]) <= 64, what
    assert answer.headers.get("x-content-type-options") == "nosniff", what
    for name, value in answer.headers.items():
        if name in {"server", "x-powered-by", "via"}:
            assert not any(secret in value.lower() for secret in SECRETS), (what, name, value)
            assert not any(sign.isdigit() for sign in value), (what, name, value)
    is_page = "text/html" in answer.headers.get("content-type", "")
    if answer.status >= 400 and not is_page and "/socket.io/" not in what:
        assert answer.slug is not None, what


@pytest.mark.parametrize("target", OUTSIDE)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_are_in_every_answer(house: House, method: str, target: str) -> None:
    check_headers(house.call(method, target), f"{method} {target}")


def operations() -> Iterator[tuple[str, str]]:
    """Yield method and path of every operation of every OpenAPI document, and of `/live`."""
    for path in sorted(SOURCES.glob("*/api/openapi.yaml")):
        for target, item in yaml.safe_load(path.read_text())["paths"].items():
            for method in item.keys() & {"get", "post", "put", "patch", "delete"}:
                yield method.upper(), re.sub(r"\{[^}]+\}", "07-0000000000000", target)
    yield "GET", "/live"


@pytest.mark.parametrize(("method", "target"), sorted(operations()))
def test_protect_every_operation(house: House, method: str, target: str) -> None:
    """Documents of new contexts are found by themselves; internal paths are the gateway's 404."""
    answer = house.call(method, target, {} if method in {"POST", "PUT", "PATCH"} else None)

    what = f"{method} {target} {answer.status}"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'"), what
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], what
    policy = answer.headers["cross-origin-resource-policy"]
    assert policy == "same-origin" or target.startswith("/media/"), what
    assert answer.headers["x-content-type-options"] == "nosniff", what


@pytest.mark.parametrize("target", ["/", "/leiloes", "/ajuda", "/nothing", "/docs"])
def test_protect_pages(house: House, target: str) -> None:
    headers = house.call("GET", target).headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-resource-policy"] == "same-origin"
    cookies = headers.get("set-cookie", "")
    assert "martelo-form" not in cookies or "Max-Age=2592000" in cookies


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "BREW"])
def test_are_in_answers_to_unusual_methods(house: House, method: str) -> None:
    answer = house.call(method, "/view-auctions")

    assert 400 <= answer.status < 500
    assert answer.slug is not None


def test_name_the_methods_a_path_allows(house: House) -> None:
    answer = house.call("DELETE", "/place-bid")

    assert answer.status == 405
    assert answer.headers["allow"] == "OPTIONS, POST"


def test_pass_a_well_formed_request_id_and_no_other(house: House) -> None:
    for target in ("/view-auctions", "/auction/x", "/api/auth/me", "/auction/x/events", "/metrics"):
        valid = house.call("GET", target, X_Request_Id="caller-0123.456_789")
        assert valid.headers["x-request-id"] == "caller-0123.456_789", target
        for malformed in ("short", "x" * 65, "with blank inside", "quote'\"<script>", "a;b;c;d;e"):
            answer = house.call("GET", target, X_Request_Id=malformed)
            assert answer.headers["x-request-id"] != malformed, target


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run the accounts and the gateway, with their limits on."""
    stack = LaunchedStack(
        tmp_path_factory.mktemp("limited") / "data", {"SIGN_INS_PER_MINUTE": "10"}
    )
    try:
        stack.up("storefront", "gateway", words=("--port", str(free_port())))
        yield House(stack)
    finally:
        stack.close()


class TestForwardedAddresses:
    """Through the real gateway with its limits on: an address is that of the connection."""

    def test_cannot_be_forged(self, limited: House) -> None:
        """Ten sign-ins a minute are allowed per address; each of these claims another address."""
        answers = [
            limited.call(
                "POST",
                "/api/auth/token",
                {"email": f"nobody{n}@example.com", "password": "uma senha longa"},
                X_Forwarded_For=f"203.0.113.{n}, 198.51.100.{n}",
                X_Real_IP=f"203.0.113.{n}",
                Forwarded=f"for=203.0.113.{n}",
            )
            for n in range(1, 15)
        ]

        slugs = [answer.slug for answer in answers]
        assert slugs[:10] == ["bad-credentials"] * 10
        refused = [answer for answer in answers if answer.slug == "rate-limited"]
        assert refused
        assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
        log = limited.stack.do("logs", "gateway")
        entries = [json.loads(line[line.index("{") :]) for line in log.splitlines() if "{" in line]
        addresses = {line["address"] for line in entries if line["path"] == "/api/auth/token"}
        assert addresses == {"127.0.0.1"}
        assert "203.0.113." not in limited.stack.do("logs")


def test_forged_hosts_appear_nowhere(house: House, ana: Account) -> None:
    lot = ana.create()["id"]

    answer = house.call(
        "GET",
        f"/auction/{lot}",
        Accept="text/html",
        Host="evil.example",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Proto="javascript",
    )

    assert answer.status == 303
    assert answer.headers["location"] == f"/leiloes/{lot}"
