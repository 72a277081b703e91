import re
from pathlib import Path

import pytest
import yaml
from django.test import Client
from django.utils import translation

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.error_texts import explain

PLACE = re.compile(r"[{%(](\w+)[)}]")
AUCTIONS = Path(error_texts.__file__).parents[2] / "auctions"


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
            told = explain(refusal("bid-too-low", minimum_bid="1259.50", current_price="1234.50"))

        assert told.text == text
        assert told.accepted == "1259.50"

    def test_names_the_least_ceiling(self, client: Client) -> None:
        assert client is not None
        told = explain(refusal("ceiling-too-low", least_ceiling="200.01"))

        assert "200,01" in told.text
        assert told.accepted == "200.01"

    def test_has_words_for_every_problem_of_the_auctions(self, client: Client) -> None:
        assert client is not None
        contract = (AUCTIONS / "api" / "openapi.yaml").read_text()
        slugs = set(re.findall(r'slug: ClassVar\[str\] = "([a-z-]+)"', _refusals()))
        slugs |= set(re.findall(r"`((?:[a-z]+-)+(?:unavailable|unknown|request|json))`", contract))
        slugs |= {"too-large", "rate-limited", "not-signed-in"}
        assert yaml.safe_load(contract)["openapi"]
        assert len(slugs) > 20
        fallback = explain(refusal("nobody-knows")).text

        for slug in sorted(slugs):
            assert explain(refusal(slug)).text != fallback, slug

    def test_says_every_fault_in_the_readers_words(self, client: Client) -> None:
        assert client is not None
        faults = re.findall(
            r'FieldError\(\s*"\w+",\s*f?"([^"]+)"', (AUCTIONS / "domain/creating.py").read_text()
        )
        sizes = {"{MAX_TITLE}": "140", "{MAX_DESCRIPTION}": "5000", "{MAX_IMAGES}": "12"}
        sizes |= {"{MAX_WINDOW_S}": "3600", "{MAX_CAP_S}": "86400"}
        assert len(faults) >= 8

        for fault in faults:
            said = re.sub(r"\{\w+\}", lambda found: sizes[found[0]], fault)
            assert error_texts.explain_fault("field", said) != said, said


class TestBidRefusals:
    @pytest.mark.parametrize("language", ["pt-br", "en"])
    def test_says_the_same_as_the_page_once_filled_in(self, client: Client, language: str) -> None:
        assert client is not None
        with translation.override(language):
            told = error_texts.bid_refusals()["bid-too-low"]
            amount = error_texts.money("1259.50")

            explained = explain(refusal("bid-too-low", minimum_bid="1259.50"))

        assert told.replace("{least}", amount) == explained.text

    def test_leaves_no_other_place_open(self, client: Client) -> None:
        assert client is not None
        places = {
            place for text in error_texts.bid_refusals().values() for place in PLACE.findall(text)
        }

        assert places == {"least", "starts_at", "until"}


def _refusals() -> str:
    return (AUCTIONS / "domain/refusals.py").read_text()
