from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from fakes.ended_auctions import cancelled, sold, unsold
from martelo.agent.domain.facts import Facts, House, Language
from martelo.agent.domain.frozen import Letter
from martelo.agent.domain.guarding.cleaning import CleanFacts, clean
from martelo.agent.domain.letters import MessageDetails, compose_letter, compose_post
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, WinnerEmail

LINK = "https://leiloes.example/leiloes/07-6k9m2v4t8q1xz"
ENGLISH = House(language=Language.ENGLISH)
LABEL = "modelo fixo (sem IA)"
NOW = MessageDetails(LINK, LABEL, 1)
WON = WinnerEmail("Parabéns", "Olá, Ana!\n\nParabéns.")
REPORT = Report("Vendido", "Ana **arrematou**.\n\n<img src=x> [x](http://mal.example)")


class Tags(HTMLParser):
    """Which tags and addresses an HTML text holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]


def to_winner(house: House | None = None, seller_name: str = "Carla Lima") -> Letter:
    facts = clean(sold(house=house, seller_name=seller_name))
    return compose_letter(Kind.EMAIL_WINNER, WON, facts, None, NOW)


class TestLetter:
    def test_ends_with_who_runs_the_house(self) -> None:
        composed = to_winner(House(imprint=("Casa & Filhos", "Rua A, 1")))

        assert composed.text.endswith("Casa & Filhos\n\nRua A, 1\n")
        assert "Casa &amp; Filhos<br>\nRua A, 1" in composed.html

    def test_tells_the_winner_facts_payment_link_and_who_wrote_it(self) -> None:
        composed = to_winner()

        for form in (composed.text, composed.html):
            assert "Carla Lima, que vendeu o lote, vai entrar em contato" in form
            assert "R$ 850,00" in form
            assert LINK in form
            assert LABEL in form
        assert composed.text.startswith(WON.body)

    def test_speaks_the_houses_language(self) -> None:
        assert "will be in touch" in to_winner(House(language=Language.ENGLISH)).text

    def test_takes_braces_in_a_name_for_braces(self) -> None:
        assert "{value}" not in to_winner(seller_name="Carla {value}").text
        facts = CleanFacts(replace(clean(sold()), winner_name="Ana {value} {other}"))
        composed = compose_letter(Kind.EMAIL_SELLER, SellerEmail("x", "y"), facts, REPORT, NOW)
        assert "contato com Ana {value} {other} para" in composed.text

    @pytest.mark.parametrize(
        ("facts", "steps"),
        [
            (sold(), "Entre em contato com Ana Souza para combinar o pagamento de R$ 850,00"),
            (unsold(has_bids=True), "Você pode anunciar o lote outra vez"),
            (cancelled(by_seller=True), "Ninguém tem nada a pagar"),
            (sold(house=ENGLISH), "Get in touch with Ana Souza about the payment of BRL 850.00"),
            (unsold(has_bids=True, house=ENGLISH), "You can offer the lot again"),
            (cancelled(by_seller=True, house=ENGLISH), "Nobody has anything to pay"),
        ],
    )
    def test_tells_the_seller_what_comes_next_and_where_the_report_is(
        self, facts: Facts, steps: str
    ) -> None:
        composed = compose_letter(
            Kind.EMAIL_SELLER, SellerEmail("x", "y"), clean(facts), REPORT, NOW
        )

        is_english = facts.house.language is Language.ENGLISH
        where = "the lot and the report" if is_english else "o lote e o relatório na página"
        for form in (composed.text, composed.html):
            assert steps in form
            assert where in form

    @pytest.mark.parametrize("facts", [sold(), unsold(has_bids=False), cancelled(by_seller=True)])
    def test_carries_the_whole_report_to_the_seller_and_nothing_that_acts(
        self, facts: Facts
    ) -> None:
        composed = compose_letter(
            Kind.EMAIL_SELLER,
            SellerEmail("Seu lote", 'Olá.\n\n<script>x</script> <a href="http://mal.example">'),
            clean(facts),
            REPORT,
            NOW,
        )

        assert "Ana arrematou." in composed.text
        assert "<strong>arrematou</strong>" in composed.html
        found = Tags(composed.html)
        assert not found.tags & {"script", "img", "style"}
        assert found.links == [LINK]
        assert "vai entrar em contato" not in composed.text

    def test_shows_masked_names_of_the_report_as_names(self) -> None:
        report = Report("Vendido", r"**A\*\*\*a** passou B\*\*\* e B\*\*\*o.")

        composed = compose_letter(
            Kind.EMAIL_SELLER, SellerEmail("x", "y"), clean(sold()), report, NOW
        )

        assert "A***a passou B*** e B***o." in composed.text
        assert "<strong>A***a</strong> passou B*** e B***o.</p>" in composed.html

    def test_has_a_subject_of_one_line(self) -> None:
        composed = compose_letter(
            Kind.EMAIL_WINNER,
            WinnerEmail("Parabéns\r\nBcc: x@mal.example", "Olá."),
            clean(sold()),
            None,
            NOW,
        )

        EmailMessage()["Subject"] = composed.subject
        assert "\n" not in composed.subject


class TestPost:
    def test_names_the_winner_as_the_house_does_in_public(self) -> None:
        composed = compose_post(DiscordPost("Vendido", "Ana S. arrematou."), clean(sold()), NOW)

        values = {row.name: row.value for row in composed.rows}
        assert values["Quem arrematou"] == "Ana S."
        assert (composed.link, composed.footer) == (LINK, LABEL)
