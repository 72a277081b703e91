import re

import pytest
from hypothesis import given

from fakes.ended_auctions import cancelled, sold, unsold
from hostile_facts import hostile_facts
from martelo.agent.domain.facts import Facts, House, Language, Naming, Status, Tone
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.guarding.guard import guard
from martelo.agent.domain.templates.rendering import render_template
from martelo.agent.domain.texts import Kind, parts_of

ENGLISH = House(language=Language.ENGLISH)
ENDS = [
    sold(),
    sold(sold_by="buy_now"),
    unsold(has_bids=False),
    unsold(has_bids=True),
    cancelled(by_seller=True),
    cancelled(by_seller=False),
    sold(house=ENGLISH),
    sold(sold_by="buy_now", house=ENGLISH),
    unsold(has_bids=False, house=ENGLISH),
    unsold(has_bids=True, house=ENGLISH),
    cancelled(by_seller=False, house=ENGLISH),
    cancelled(by_seller=True, house=ENGLISH),
    cancelled(by_seller=True, reason=None),
    cancelled(by_seller=True, reason=None, house=ENGLISH),
]


def kinds_of(facts: Facts) -> list[Kind]:
    return [kind for kind in Kind if facts.status is Status.SOLD or kind is not Kind.EMAIL_WINNER]


def written(kind: Kind, facts: Facts) -> str:
    return "\n".join(parts_of(render_template(kind, clean(facts))))


def sentences(text: str) -> set[str]:
    return set(re.split(r"(?<=[.!?])\s+|\n+", text.replace("**", "")))


class TestRenderTemplate:
    @given(hostile_facts())
    def test_always_passes_the_guard(self, hostile: Facts) -> None:
        facts = clean(hostile)

        for kind in kinds_of(hostile):
            assert guard(kind, render_template(kind, facts), facts) == ()

    @pytest.mark.parametrize("facts", ENDS)
    @pytest.mark.parametrize("kind", Kind)
    def test_says_the_same_each_time(self, kind: Kind, facts: Facts) -> None:
        if kind in kinds_of(facts):
            assert written(kind, facts) == written(kind, facts)

    @pytest.mark.parametrize("kind", Kind)
    def test_names_item_value_and_winner_of_a_sale(self, kind: Kind) -> None:
        text = written(kind, sold())

        assert "“Bolo de cenoura em 2 andares”" in text
        assert "R$ 850,00" in text
        assert "Ana S" in text

    def test_says_how_many_bids_there_were(self) -> None:
        assert "3 lances de 2 participantes" in written(Kind.REPORT, sold())

    def test_points_the_winner_to_the_payment(self) -> None:
        assert "próximos passos para o pagamento" in written(Kind.EMAIL_WINNER, sold())

    def test_says_why_nothing_was_sold(self) -> None:
        assert "não recebeu lances" in written(Kind.REPORT, unsold(has_bids=False))
        assert "reserva não foi atingido" in written(Kind.REPORT, unsold(has_bids=True))

    def test_says_who_cancelled_and_why(self) -> None:
        assert "cancelado pelo vendedor" in written(Kind.REPORT, cancelled(by_seller=True))
        assert "“O lote quebrou" in written(Kind.EMAIL_SELLER, cancelled(by_seller=False))

    @pytest.mark.parametrize("facts", ENDS)
    def test_tells_the_seller_nothing_in_the_words_of_the_report_that_comes_with_it(
        self, facts: Facts
    ) -> None:
        email, report = written(Kind.EMAIL_SELLER, facts), written(Kind.REPORT, facts)

        assert sentences(email) & sentences(report) == set()

    @pytest.mark.parametrize(
        ("facts", "result"),
        [
            (
                sold(),
                "Ana Souza arrematou o seu lote “Bolo de cenoura em 2 andares” por R$ 850,00.",
            ),
            (sold(sold_by="buy_now"), " por R$ 850,00, pela compra imediata."),
            (unsold(has_bids=False), "“Vaso de cerâmica” não foi vendido: não recebeu lances."),
            (
                unsold(has_bids=True),
                "o último lance, de R$ 850,00, não atingiu o preço de reserva.",
            ),
            (cancelled(by_seller=True), "Você cancelou o leilão do seu lote “Vaso de cerâmica”"),
            (cancelled(by_seller=False), "A administração da casa cancelou o leilão do seu lote"),
            (sold(house=ENGLISH), "Ana Souza won your lot “Bolo de cenoura em 2 andares” for"),
            (unsold(has_bids=True, house=ENGLISH), "BRL 850.00, did not meet the reserve price."),
            (cancelled(by_seller=True, house=ENGLISH), "You cancelled the auction of your lot"),
        ],
    )
    def test_tells_the_seller_the_result(self, facts: Facts, result: str) -> None:
        assert result in written(Kind.EMAIL_SELLER, facts)

    @pytest.mark.parametrize("house", [House(), ENGLISH])
    @pytest.mark.parametrize("kind", [Kind.REPORT, Kind.EMAIL_SELLER])
    @pytest.mark.parametrize(
        ("reason", "quoted"),
        [
            ("Quebrou", "“Quebrou”.\n"),
            ("Quebrou.", "“Quebrou.”\n"),
            ("Quebrou!", "“Quebrou!”\n"),
            ("Por quê?", "“Por quê?”\n"),
            ("Quebrou...", "“Quebrou…”\n"),
        ],
    )
    def test_ends_a_reason_with_one_full_stop(
        self, kind: Kind, house: House, reason: str, quoted: str
    ) -> None:
        facts = cancelled(by_seller=False, reason=reason, house=house)

        assert quoted in written(kind, facts)

    @pytest.mark.parametrize(
        ("naming", "public"),
        [
            (Naming.FIRST_AND_INITIAL, "Ana S."),
            (Naming.MASKED, "A***a"),
            (Naming.FULL, "Ana Souza"),
        ],
    )
    def test_names_the_winner_in_public_as_the_house_wants(
        self, naming: Naming, public: str
    ) -> None:
        facts = sold(house=House(naming=naming))

        assert f"{public} arrematou" in written(Kind.REPORT, facts)
        assert f"{public} arrematou" in written(Kind.DISCORD, facts)
        assert "Ana Souza arrematou" in written(Kind.EMAIL_SELLER, facts)

    def test_speaks_plainly_where_the_house_does(self) -> None:
        post = written(Kind.DISCORD, sold(house=House(tone=Tone.PLAIN)))

        assert "!" not in post
        assert "🎉" not in post

    def test_refuses_to_write_to_a_winner_that_is_none(self) -> None:
        with pytest.raises(ValueError, match="unsold"):
            render_template(Kind.EMAIL_WINNER, clean(unsold(has_bids=False)))
