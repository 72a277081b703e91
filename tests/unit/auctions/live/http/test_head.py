from http import HTTPStatus

import pytest

from martelo.auctions.live.http.head import MAX_HEAD_BYTES, BadRequest, RequestReader, response_head

STREAM = b"GET /auction/07-x/events?after=e:1 HTTP/1.1\r\nHost: a\r\nLast-Event-ID: e:2\r\n\r\n"


class TestRequestReader:
    def test_reads_a_request_in_one_piece_or_byte_by_byte(self) -> None:
        whole = RequestReader().feed(STREAM)
        reader = RequestReader()
        pieces = [reader.feed(STREAM[i : i + 1]) for i in range(len(STREAM))]

        assert whole is not None
        assert whole.path == "/auction/07-x/events"
        assert whole.query == {"after": ["e:1"]}
        assert whole.headers["last-event-id"] == "e:2"
        assert whole.keep_alive
        assert pieces[:-1] == [None] * (len(STREAM) - 1)
        assert pieces[-1] == whole

    def test_reads_one_request_after_another(self) -> None:
        reader = RequestReader()

        first, second = reader.feed(STREAM), reader.feed(b"GET / HTTP/1.0\r\n\r\n")

        assert first is not None
        assert second is not None
        assert second.path == "/"
        assert not second.keep_alive

    def test_keeps_what_follows_a_request_to_upgrade(self) -> None:
        wish = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"

        data = b"GET /live HTTP/1.1\r\nHost: a\r\n" + wish + b"\r\n"
        request = RequestReader().feed(data + b"\x81\x80")

        assert request is not None
        assert request.path == "/live"
        assert request.rest == b"\x81\x80"

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            (b"\x16\x03\x01\x02\x00", HTTPStatus.BAD_REQUEST),
            (b"GET /%ff HTTP/1.1\r\n\r\n", HTTPStatus.BAD_REQUEST),
            (b"GET /\xc3\xa7 HTTP/1.1\r\n\r\n", HTTPStatus.BAD_REQUEST),
            (STREAM + STREAM, HTTPStatus.BAD_REQUEST),
            (b"GET / HTTP/1.1\r\nX: " + b"a" * MAX_HEAD_BYTES, None),
            (b"GET / HTTP/1.1\r\nX: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n", None),
            (b"GET /" + b"a" * MAX_HEAD_BYTES + b" HTTP/1.1\r\n\r\n", None),
            (
                b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"a" * 40_000,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            ),
        ],
    )
    def test_refuses_what_is_none_or_too_large(
        self, data: bytes, status: HTTPStatus | None
    ) -> None:
        with pytest.raises(BadRequest) as caught:
            RequestReader().feed(data)

        assert caught.value.status is (status or HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)


class TestResponseHead:
    def test_writes_a_status_and_headers(self) -> None:
        head = response_head(HTTPStatus.NO_CONTENT, {"X-Request-Id": "a"})

        assert head == b"HTTP/1.1 204 No Content\r\nX-Request-Id: a\r\n\r\n"
