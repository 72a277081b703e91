import re

import pytest
from django.test import Client
from django.utils import translation

from martelo.kernel.field_codes import MESSAGES, FieldCode
from martelo.storefront.texts import field_texts
from martelo.storefront.texts.field_texts import explain_fault
from unit.docs.field_codes import produced_codes

PLACE = re.compile(r"\{(\w+)\}")


class TestExplainFault:
    @pytest.mark.parametrize("language", ["pt-br", "en"])
    @pytest.mark.parametrize("code", FieldCode)
    def test_has_a_text_with_the_bounds_of_every_code(
        self, client: Client, code: FieldCode, language: str
    ) -> None:
        assert client is not None
        bounds = {name: str(number) for number, name in enumerate(PLACE.findall(MESSAGES[code]))}
        with translation.override(language):
            text = explain_fault("field", code, bounds)
            unknown = explain_fault("field", "unheard_of", {})

        assert text != unknown
        assert text.endswith(".")

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("pt-br", "Escreva no máximo 140 caracteres."),
            ("en", "Write at most 140 characters."),
        ],
    )
    def test_names_the_bound(self, client: Client, language: str, text: str) -> None:
        assert client is not None
        with translation.override(language):
            assert explain_fault("title", "too_long", {"max": 140}) == text

    def test_differs_between_languages(self, client: Client) -> None:
        assert client is not None
        texts = {}
        for language in ("pt-br", "en"):
            with translation.override(language):
                texts[language] = set(field_texts._texts().values())  # noqa: SLF001 - all of them

        assert not texts["pt-br"] & texts["en"]


class TestFieldCode:
    def test_has_no_code_without_a_message_and_none_that_nothing_produces(self) -> None:
        assert set(MESSAGES) == set(FieldCode) == produced_codes("")
