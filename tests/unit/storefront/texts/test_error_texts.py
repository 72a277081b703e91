import re

import pytest
from django.test import Client
from django.utils import translation

from martelo.runtime.problems.table import SHARED, read_types
from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.error_texts import explain
from unit.docs.field_codes import SOURCES

PLACE = re.compile(r"[{%(](\w+)[)}]")
PROGRAMS_ALONE = {
    *("account-not-found", "bad-refresh-token", "key-not-found", "too-many-keys"),
    *("link-expired", "no-mail", "terms-not-accepted"),
    *("bad-handshake", "foreign-page", "pipelined", "upgrade-required"),
    *("bad-request", "forbidden", "http-version-not-supported", "length-required"),
    *("not-a-service", "not-implemented", "report-not-ready", "request-timeout"),
    *("data-unavailable", "open-obligations", "timeout", "unknown-host", "uri-too-long"),
}
"""Problems that no page meets: it does not make such a request, or handles them itself."""


def refusal(slug: str, **fields: object) -> ApiResponse:
    return ApiResponse(409, {"type": f"/problems/{slug}", **fields})


class TestExplain:
    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("pt-br", "Esse lance já é baixo demais: dê R$\u00a01.259,50 ou mais."),
            ("en", "That bid is too low now: bid R$1,259.50 or more."),
        ],
    )
    def test_names_the_amount_that_would_be_accepted(
        self, client: Client, language: str, text: str
    ) -> None:
        assert client is not None
        with translation.override(language):
            explanation = explain(
                refusal("bid-too-low", minimum_bid="1259.50", current_price="1234.50")
            )

        assert explanation.text == text
        assert explanation.accepted == "1259.50"

    def test_names_the_least_ceiling(self, client: Client) -> None:
        assert client is not None
        explanation = explain(refusal("ceiling-too-low", least_ceiling="200.01"))

        assert "200,01" in explanation.text
        assert explanation.accepted == "200.01"

    @pytest.mark.parametrize("language", ["pt-br", "en"])
    def test_has_a_sentence_for_every_problem_a_page_can_meet(
        self, client: Client, language: str
    ) -> None:
        assert client is not None
        slugs = {
            slug
            for context in ("auctions/wire", "images/api", "agent/api", "accounts/api")
            for slug in read_types(SOURCES / context / "problems.toml")
        } | read_types(SHARED).keys()
        with translation.override(language):
            fallback = explain(refusal("nobody-knows")).text
            silent = {slug for slug in slugs if explain(refusal(slug)).text == fallback}

        assert silent == PROGRAMS_ALONE

    def test_explains_each_invalid_field(self, client: Client) -> None:
        assert client is not None
        errors = [{"field": "title", "code": "too_long", "max": 140}]

        explanation = explain(refusal("invalid-auction", errors=errors))

        assert explanation.fields == {"title": "Escreva no máximo 140 caracteres."}


class TestBidRefusals:
    @pytest.mark.parametrize("language", ["pt-br", "en"])
    def test_says_the_same_as_the_page_once_filled_in(self, client: Client, language: str) -> None:
        assert client is not None
        with translation.override(language):
            explanation = error_texts.bid_refusals()["bid-too-low"]
            amount = error_texts.money("1259.50")

            explained = explain(refusal("bid-too-low", minimum_bid="1259.50"))

        assert explanation.replace("{least}", amount) == explained.text

    def test_leaves_no_other_place_open(self, client: Client) -> None:
        assert client is not None
        places = {
            place for text in error_texts.bid_refusals().values() for place in PLACE.findall(text)
        }

        assert places == {"least", "starts_at", "until"}
