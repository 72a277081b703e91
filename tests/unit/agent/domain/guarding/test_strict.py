import pytest

from fakes.ended_auctions import sold, unsold
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.guarding.rules import Rule
from martelo.agent.domain.guarding.strict import fill, placeholders_of, strict_findings
from martelo.agent.domain.texts import DiscordPost, Kind

GOOD = "{vencedor} levou {item} por {valor}, com {lances} de {participantes}."


def refused(body: str) -> set[Rule]:
    placeholders = placeholders_of(Kind.DISCORD, clean(sold()))
    return {finding.rule for finding in strict_findings(DiscordPost("Fim", body), placeholders)}


class TestPlaceholdersOf:
    def test_name_nobody_where_nobody_won(self) -> None:
        assert set(placeholders_of(Kind.REPORT, clean(unsold(has_bids=False)))) == {
            "{item}",
            "{lances}",
            "{participantes}",
        }

    def test_name_the_seller_in_their_mail_alone(self) -> None:
        assert "{vendedor}" in placeholders_of(Kind.EMAIL_SELLER, clean(sold()))
        assert "{vendedor}" not in placeholders_of(Kind.REPORT, clean(sold()))


class TestStrictFindings:
    @pytest.mark.parametrize(
        ("body", "rules"),
        [
            (GOOD, set()),
            (GOOD + " {outro}", {Rule.BRACES}),
            (GOOD + " {{item}}", {Rule.BRACES}),
            (GOOD + " Por 20.", {Rule.NUMBER}),
            (GOOD + " ²", {Rule.NUMBER}),
            ("{vencedor} levou {item}.", {Rule.VALUE}),
            ("Foi por {valor}.", {Rule.ITEM, Rule.WINNER}),
        ],
    )
    def test_name_the_rules_broken(self, body: str, rules: set[Rule]) -> None:
        assert refused(body) == rules


class TestFill:
    def test_expands_nothing_twice(self) -> None:
        placeholders = {"{item}": "“{valor}”", "{valor}": "R$ 1,00"}

        assert fill(DiscordPost("{item}", "{valor} {x}"), placeholders) == DiscordPost(
            "“{valor}”", "R$ 1,00 {x}"
        )
