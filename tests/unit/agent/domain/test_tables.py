from fakes.ended_auctions import cancelled, sold, unsold
from martelo.agent.domain.facts import Facts, House, Language
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.tables import HistoryRow, fact_rows, history_rows
from martelo.agent.domain.texts import Kind


def rows(kind: Kind, facts: Facts) -> dict[str, str]:
    return {row.label: row.value for row in fact_rows(kind, clean(facts))}


class TestFactRows:
    def test_tell_a_sale(self) -> None:
        assert rows(Kind.REPORT, sold()) == {
            "Item": "Bolo de cenoura em 2 andares",
            "Resultado": "Arrematado em lances",
            "Valor final": "R$ 850,00",
            "Quem arrematou": "Ana S.",
            "Preço inicial": "R$ 50,00",
            "Lances": "3",
            "Participantes": "2",
            "Abertura": "18 de novembro de 2026 às 08h06 (horário de Brasília)",
            "Encerramento": "18 de novembro de 2026 às 09h06 (horário de Brasília)",
            "Prorrogações": "1",
        }

    def test_tell_seller_and_winner_the_whole_name(self) -> None:
        assert rows(Kind.EMAIL_SELLER, sold())["Quem arrematou"] == "Ana Souza"

    def test_tell_why_nothing_was_sold(self) -> None:
        assert rows(Kind.REPORT, unsold(has_bids=False))["Resultado"].endswith("nenhum lance")
        assert rows(Kind.REPORT, unsold(has_bids=True))["Preço de reserva"] == "Não atingido"

    def test_tell_who_cancelled_and_why_in_english(self) -> None:
        english = House(language=Language.ENGLISH)
        by_name = rows(Kind.REPORT, cancelled(by_seller=False, house=english))

        assert by_name["Result"] == "Cancelled by the administration"
        assert by_name["Stated reason"] == "O lote quebrou no transporte"
        assert by_name["Starting price"] == "BRL 50.00"


class TestHistoryRows:
    def test_tell_each_bid(self) -> None:
        rows = history_rows(clean(sold()))

        assert [row.how for row in rows] == ["automático", "manual", "manual"]
        assert rows[2] == HistoryRow(
            number="1",
            bidder="A***a",
            amount="R$ 850,00",
            at="18 de novembro de 2026 às 09h04 (horário de Brasília)",
            how="manual",
        )
