import httpx2  # noqa: TID251 - its mock transport replaces the network
import pytest
import structlog

from martelo.runtime.http.client import HttpClient, HttpFailed, open_client


def client_of(handler: httpx2.MockTransport) -> HttpClient:
    return HttpClient(httpx2.Client(transport=handler))


class TestSend:
    def test_returns_the_whole_answer_whatever_its_status(self) -> None:
        transport = httpx2.MockTransport(
            lambda _: httpx2.Response(503, headers={"Retry-After": "2"}, content=b"down")
        )

        answer = client_of(transport).send("GET", "http://accounts/readyz")

        assert (answer.status, answer.headers["retry-after"], answer.body) == (503, "2", b"down")

    @pytest.mark.parametrize(
        "error", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.RemoteProtocolError]
    )
    def test_says_when_no_answer_came(self, error: type[httpx2.TransportError]) -> None:
        def fail(_: httpx2.Request) -> httpx2.Response:
            raise error("no")

        with pytest.raises(HttpFailed):
            client_of(httpx2.MockTransport(fail)).send("GET", "http://accounts/readyz")

    def test_passes_the_request_id(self) -> None:
        structlog.contextvars.clear_contextvars()
        seen = []

        def note(request: httpx2.Request) -> httpx2.Response:
            seen.append(request.headers.get("X-Request-Id"))
            return httpx2.Response(200)

        client = client_of(httpx2.MockTransport(note))
        with structlog.contextvars.bound_contextvars(request_id="req-12345"):
            client.send("GET", "http://accounts/readyz")
        client.send("GET", "http://accounts/readyz")

        assert seen == ["req-12345", None]


class TestOpenClient:
    def test_connects_to_nothing(self) -> None:
        open_client().close()
