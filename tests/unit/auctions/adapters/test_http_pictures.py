from collections.abc import Mapping

import pytest

from martelo.auctions.adapters.http_pictures import HttpPictures
from martelo.auctions.ports.failures import ImagesUnavailable
from martelo.runtime.http.client import HttpFailed, HttpResponse

WHOLE = HttpResponse(
    200, {}, b'{"items": [{"id": "a", "owner_id": "ana", "url": "/media/a.webp"}]}'
)


class Neighbour:
    """The images context; `answer` is `None` where it does not answer, or not the first times."""

    def __init__(self, answer: HttpResponse | None, *, silent_times: int = 0) -> None:
        self.answer = answer
        self.silent_times = silent_times
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        assert content is None
        self.asked.append((method, url, headers or {}))
        if self.answer is None or len(self.asked) <= self.silent_times:
            raise HttpFailed("refused")
        return self.answer


class TestOwnersOf:
    def test_asks_once_with_the_service_key(self) -> None:
        neighbour = Neighbour(WHOLE)

        found = HttpPictures("http://images/", neighbour, service_key="svc_x").owners_of(["a", "b"])

        assert found == {"a": "ana"}
        asked = "http://images/internal/images?ids=a,b"
        assert neighbour.asked == [("GET", asked, {"X-API-Key": "svc_x"})]

    def test_asks_once_more_where_no_answer_came(self) -> None:
        neighbour = Neighbour(WHOLE, silent_times=1)

        found = HttpPictures("http://images", neighbour, service_key=None).owners_of(["a"])

        assert found == {"a": "ana"}

    @pytest.mark.parametrize(("answer", "times"), [(None, 2), (HttpResponse(503, {}, b""), 1)])
    def test_asks_no_oftener_than_helps(self, answer: HttpResponse | None, times: int) -> None:
        neighbour = Neighbour(answer)
        pictures = HttpPictures("http://images", neighbour, service_key=None)

        with pytest.raises(ImagesUnavailable):
            pictures.owners_of(["a"])

        assert len(neighbour.asked) == times

    @pytest.mark.parametrize(
        "answer",
        [
            None,
            HttpResponse(503, {}, b""),
            HttpResponse(401, {}, b"{}"),
            HttpResponse(200, {}, b"{}"),
            HttpResponse(200, {}, b'{"items": [{"id": 1}]}'),
            HttpResponse(200, {}, b"<html>"),
        ],
    )
    def test_cannot_tell_without_a_whole_answer(self, answer: HttpResponse | None) -> None:
        pictures = HttpPictures("http://images", Neighbour(answer), service_key=None)

        with pytest.raises(ImagesUnavailable):
            pictures.owners_of(["a"])
