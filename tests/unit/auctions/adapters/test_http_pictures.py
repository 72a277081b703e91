from collections.abc import Mapping

import pytest

from martelo.auctions.adapters.http_pictures import HttpPictures
from martelo.auctions.ports import ImagesUnavailable
from martelo.runtime.http import HttpAnswer, HttpFailed


class Neighbour:
    """The images context; `answer` is `None` where it does not answer."""

    def __init__(self, answer: HttpAnswer | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpAnswer:
        assert content is None
        self.asked.append((method, url, headers or {}))
        if self.answer is None:
            raise HttpFailed("refused")
        return self.answer


class TestOwnersOf:
    def test_asks_once_with_the_service_key(self) -> None:
        body = b'{"items": [{"id": "a", "owner_id": "ana", "url": "/media/a.webp"}]}'
        neighbour = Neighbour(HttpAnswer(200, {}, body))

        found = HttpPictures("http://images/", neighbour, service_key="svc_x").owners_of(["a", "b"])

        assert found == {"a": "ana"}
        asked = "http://images/internal/images?ids=a,b"
        assert neighbour.asked == [("GET", asked, {"X-API-Key": "svc_x"})]

    @pytest.mark.parametrize(
        "answer",
        [
            None,
            HttpAnswer(503, {}, b""),
            HttpAnswer(401, {}, b"{}"),
            HttpAnswer(200, {}, b"{}"),
            HttpAnswer(200, {}, b'{"items": [{"id": 1}]}'),
            HttpAnswer(200, {}, b"<html>"),
        ],
    )
    def test_cannot_tell_without_a_whole_answer(self, answer: HttpAnswer | None) -> None:
        pictures = HttpPictures("http://images", Neighbour(answer), service_key=None)

        with pytest.raises(ImagesUnavailable):
            pictures.owners_of(["a"])
