import pytest

from fakes.ended_auctions import sold
from martelo.agent.domain.facts import House, Naming
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.guarding.guard import guard
from martelo.agent.domain.naming import as_markdown, winner_in
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import Kind, Report

FACTS = clean(sold(house=House(naming=Naming.MASKED)))


class TestWinnerIn:
    @pytest.mark.parametrize("kind", [Kind.REPORT, Kind.DISCORD])
    def test_masks_a_name_as_every_page_does(self, kind: Kind) -> None:
        assert winner_in(kind, FACTS) == "A***a"


class TestAsMarkdown:
    @pytest.mark.parametrize(
        ("summary", "shown"),
        [
            ("A***a passou B***o.", r"A\*\*\*a passou B\*\*\*o."),
            ("Foi **A***a**, por **R$ 850,00**.", r"Foi **A\*\*\*a**, por **R$ 850,00**."),
            ("Sem nomes, **só** isto.", "Sem nomes, **só** isto."),
        ],
    )
    def test_escapes_the_stars_of_names_and_no_other(self, summary: str, shown: str) -> None:
        assert as_markdown(Report("A***a", summary), FACTS) == Report("A***a", shown)

    def test_comes_after_the_guard_which_knows_names_as_they_are_shown(self) -> None:
        report = render_template(Kind.REPORT, FACTS)

        assert isinstance(report, Report)
        assert guard(Kind.REPORT, report, FACTS) == ()
        assert r"A\*\*\*a arrematou" in as_markdown(report, FACTS).summary
