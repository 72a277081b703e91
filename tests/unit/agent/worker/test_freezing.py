from dataclasses import replace

import pytest

from fakes.ends import WRITTEN
from martelo.agent.ports.writing import TextSource, Written
from martelo.agent.worker.freezing import label_of, link_to


class TestLabelOf:
    @pytest.mark.parametrize(
        ("written", "label"),
        [
            (WRITTEN, "modelo fixo (sem IA)"),
            (
                replace(WRITTEN, source=TextSource.MODEL, model="gemini-2.5-flash"),
                "IA: gemini-2.5-flash",
            ),
            (
                replace(WRITTEN, source=TextSource.FALLBACK, failure="Timeout"),
                "modelo fixo (IA falhou: Timeout)",
            ),
        ],
    )
    def test_names_the_source(self, written: Written, label: str) -> None:
        assert label_of(written) == label


class TestLinkTo:
    def test_takes_an_address_with_or_without_a_slash(self) -> None:
        for url in ("https://leiloes.example", "https://leiloes.example/"):
            assert link_to(url, "07-1") == "https://leiloes.example/leiloes/07-1"
