import pytest
from django.test import Client

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.web.answers import see_other, status_of


class TestSeeOther:
    def test_escapes_what_an_address_may_not_hold(self, client: Client) -> None:
        assert client is not None

        answer = see_other("/leiloes/ação x")

        assert (answer.status_code, answer["Location"]) == (303, "/leiloes/a%C3%A7%C3%A3o%20x")


class TestStatusOf:
    @pytest.mark.parametrize(
        ("answered", "shown"), [(201, 200), (409, 409), (503, 503), (799, 502)]
    )
    def test_is_a_refusals_own(self, answered: int, shown: int) -> None:
        assert status_of(ApiResponse(answered)) == shown
