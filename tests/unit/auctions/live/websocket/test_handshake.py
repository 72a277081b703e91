import pytest

from martelo.auctions.live.http.head import Request
from martelo.auctions.live.origins import Origins
from martelo.auctions.live.websocket.handshake import Verdict, judge, switching_head

ASKING = {
    "host": "live.example",
    "upgrade": "websocket",
    "connection": "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}
OWN = Origins(frozenset({"https://live.example"}))


def asking(**changes: str | None) -> Request:
    headers = {**ASKING, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return Request("GET", "/live", headers={k: v for k, v in headers.items() if v is not None})


class TestJudge:
    @pytest.mark.parametrize(
        ("request_", "verdict"),
        [
            pytest.param(asking(), Verdict.WELCOME, id="as it should be"),
            pytest.param(
                asking(connection="keep-alive, Upgrade", upgrade="WebSocket"),
                Verdict.WELCOME,
                id="among others, in capitals",
            ),
            pytest.param(asking(upgrade=None), Verdict.NO_UPGRADE, id="plain HTTP"),
            pytest.param(asking(upgrade="h2c"), Verdict.NO_UPGRADE, id="another protocol"),
            pytest.param(asking(connection="close"), Verdict.NO_UPGRADE, id="no upgrade"),
            pytest.param(asking(sec_websocket_version="8"), Verdict.NO_UPGRADE, id="a draft"),
            pytest.param(asking(sec_websocket_key=None), Verdict.NO_KEY, id="no key"),
            pytest.param(asking(sec_websocket_key="c2hvcnQ="), Verdict.NO_KEY, id="a short key"),
            pytest.param(asking(sec_websocket_key="ção"), Verdict.NO_KEY, id="no base64"),
            pytest.param(asking(origin="https://evil"), Verdict.FOREIGN_PAGE, id="foreign"),
            pytest.param(asking(origin="https://live.example"), Verdict.WELCOME, id="own page"),
        ],
    )
    def test_tells_what_comes_of_a_request(self, request_: Request, verdict: Verdict) -> None:
        assert judge(request_, OWN) is verdict


class TestSwitchingHead:
    def test_answers_the_key_of_the_standard(self) -> None:
        # RFC 6455, section 1.3.
        head = switching_head(asking(), "request-1")

        assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in head
        assert b"X-Request-Id: request-1\r\n" in head
