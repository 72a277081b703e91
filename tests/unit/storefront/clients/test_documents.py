from collections.abc import Mapping

from martelo.runtime.http.client import HttpFailed, HttpResponse
from martelo.storefront.clients.documents import ApiDocuments


class Neighbour:
    """Another context; `body` is `None` where it does not answer."""

    def __init__(self, body: bytes | None) -> None:
        self.body = body
        self.asked: list[str] = []

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        assert (method, headers, content) == ("GET", None, None)
        self.asked.append(url)
        if self.body is None:
            raise HttpFailed("refused")
        return HttpResponse(200, {}, self.body)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def contracts_of(neighbour: Neighbour, clock: Clock) -> ApiDocuments:
    return ApiDocuments({"auctions": "http://a/"}, neighbour, clock)


class TestAll:
    def test_has_our_own_and_the_others(self) -> None:
        found = contracts_of(Neighbour(b'{"info": {"title": "Auctions"}}'), Clock()).all()

        assert found["auctions"] == {"info": {"title": "Auctions"}}
        assert found["accounts"] is not None

    def test_asks_again_after_a_minute(self) -> None:
        neighbour, clock = Neighbour(b"{}" + b" "), Clock()
        neighbour.body = b'{"info": {}}'
        contracts = contracts_of(neighbour, clock)
        contracts.all()
        contracts.all()
        assert neighbour.asked == ["http://a/openapi.json"]

        clock.now = 60
        contracts.all()

        assert len(neighbour.asked) == 2

    def test_shows_an_old_copy_while_the_other_is_down(self) -> None:
        neighbour, clock = Neighbour(b'{"info": {}}'), Clock()
        contracts = contracts_of(neighbour, clock)
        contracts.all()
        neighbour.body = None

        clock.now = 600

        assert contracts.all()["auctions"] == {"info": {}}

    def test_has_none_where_there_never_was_one(self) -> None:
        for body in (None, b"", b"[]", b"<html>", b"[" * 100_000):
            assert contracts_of(Neighbour(body), Clock()).all()["auctions"] is None

    def test_asks_for_a_missing_one_at_most_once_a_second(self) -> None:
        neighbour, clock = Neighbour(None), Clock()
        contracts = contracts_of(neighbour, clock)
        contracts.all()
        contracts.all()
        assert len(neighbour.asked) == 1
        neighbour.body = b'{"info": {}}'

        clock.now = 1

        assert contracts.all()["auctions"] == {"info": {}}


class TestLive:
    def test_is_the_document_that_auctions_has_beside_its_own(self) -> None:
        neighbour = Neighbour(b'{"asyncapi": "3.0.0"}')
        contracts = contracts_of(neighbour, Clock())

        assert contracts.live() == contracts.live() == {"asyncapi": "3.0.0"}
        assert neighbour.asked == ["http://a/asyncapi.json"]

    def test_is_none_where_there_never_was_one(self) -> None:
        assert contracts_of(Neighbour(None), Clock()).live() is None

    def test_is_none_in_a_house_without_auctions(self) -> None:
        assert ApiDocuments({}, Neighbour(b"{}"), Clock()).live() is None


class TestOwn:
    def test_is_the_document_of_accounts(self) -> None:
        contracts = contracts_of(Neighbour(None), Clock())

        assert contracts.own()["openapi"] == "3.1.0"
