import pytest

from fakes.auctions_api import FakeHttp, lot, page
from martelo.storefront.clients.auctions import ApiResponse, AuctionsClient


@pytest.fixture
def http() -> FakeHttp:
    return FakeHttp()


@pytest.fixture
def auctions(http: FakeHttp) -> AuctionsClient:
    return AuctionsClient("http://auctions/", http)


class TestReads:
    def test_leave_out_what_is_empty(self, http: FakeHttp, auctions: AuctionsClient) -> None:
        http.set("GET", "/view-auctions", page(lot(), next_cursor="abc"))

        answer = auctions.list_auctions({"q": "bolo & café", "status": ""})

        assert http.calls[0].query == {"q": "bolo & café"}
        assert answer.items == [lot()]
        assert answer.next_cursor == "abc"

    def test_are_tried_twice_and_then_given_up(
        self, http: FakeHttp, auctions: AuctionsClient
    ) -> None:
        answer = auctions.read_auction("07-abc")

        assert len(http.calls) == 2
        assert (answer.status, answer.slug, answer.items) == (503, "unavailable", [])

    def test_keep_an_id_inside_its_path(self, http: FakeHttp, auctions: AuctionsClient) -> None:
        auctions.read_auction("../my/bids?x=1")

        assert http.calls[0].path == "/auction/..%2Fmy%2Fbids%3Fx%3D1"

    def test_carry_the_token_where_there_is_one(
        self, http: FakeHttp, auctions: AuctionsClient
    ) -> None:
        http.set("GET", "/my/bids", page())

        auctions.list_own_bids("t0ken", {})

        assert http.calls[0].headers["Authorization"] == "Bearer t0ken"


class TestWrites:
    def test_are_sent_once_with_their_key(self, http: FakeHttp, auctions: AuctionsClient) -> None:
        answer = auctions.place_bid({"auction_id": "a", "amount": "5.00"}, "t0ken", "k1")

        assert [call.headers["Idempotency-Key"] for call in http.calls] == ["k1"]
        assert http.calls[0].body == {"auction_id": "a", "amount": "5.00"}
        assert (answer.status, answer.slug) == (503, "outcome-unknown")

    def test_return_refusals_as_values(self, http: FakeHttp, auctions: AuctionsClient) -> None:
        http.refuse("POST", "/place-bid", "bid-too-low", 409, minimum_bid="12.00")

        answer = auctions.place_bid({}, "t0ken", "k1")

        assert (answer.is_good, answer.slug) == (False, "bid-too-low")
        assert answer.body["minimum_bid"] == "12.00"


class TestWithoutAnAddress:
    def test_says_that_nothing_answers(self, http: FakeHttp) -> None:
        auctions = AuctionsClient(None, http)

        assert auctions.list_auctions({}).slug == "unavailable"
        assert auctions.buy_now("a", "t", "k").slug == "unavailable"
        assert http.calls == []


class TestErrors:
    def test_name_the_first_fault_of_each_field(self) -> None:
        faults = [{"field": "title", "message": "a"}, {"field": "title", "message": "b"}]

        assert ApiResponse(400, {"errors": faults}).errors == {"title": faults[0]}
