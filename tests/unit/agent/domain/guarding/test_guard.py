import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.attacks import ATTACKS, Attack
from fakes.ended_auctions import cancelled, sold, unsold
from hostile_facts import TEXTS, hostile_facts
from martelo.agent.domain.facts import Facts, House, Language, Naming
from martelo.agent.domain.formats import format_money
from martelo.agent.domain.guarding.cleaning import CleanFacts, clean
from martelo.agent.domain.guarding.guard import MAX_BODY, guard
from martelo.agent.domain.guarding.rules import Rule
from martelo.agent.domain.naming import quoted, winner_in
from martelo.agent.domain.texts import DiscordPost, Kind, Report, SellerEmail, Text, WinnerEmail

TYPES: dict[Kind, type[Text]] = {
    Kind.REPORT: Report,
    Kind.EMAIL_WINNER: WinnerEmail,
    Kind.EMAIL_SELLER: SellerEmail,
    Kind.DISCORD: DiscordPost,
}

REPORT = """## Resumo do leilão

Martelo batido! {honest} Foram **3 lances de 2 participantes**, a partir de R$ 50,00.

## Como foi a disputa

- O primeiro lance, de A***a, foi de R$ 50,00
- O leilão foi prorrogado 1 vez

O encerramento foi em 18 de novembro de 2026 às 09h06 (horário de Brasília)."""
WINNER = """Olá, Ana!

Que alegria: {honest} A disputa teve 3 lances e você foi além… Os próximos passos para o \
pagamento estão logo abaixo.

Um abraço da equipe Martelo!"""
HONEST = {
    Kind.REPORT: REPORT,
    Kind.EMAIL_WINNER: WINNER,
    Kind.EMAIL_SELLER: "Olá, Carla Lima!\n\n{honest} Agradecemos a confiança...\n\nEquipe Martelo",
    Kind.DISCORD: "🎉 {honest} Parabéns, Ana! Que disputa emocionante 🔨",
}


def honest_sentence(kind: Kind, facts: CleanFacts) -> str:
    value = format_money(facts.final_cents or 0, facts.house.language)
    return f"{winner_in(kind, facts)} arrematou {quoted(facts.title)} por {value}."


def broken_by(kind: Kind, body: str, facts: Facts, head: str = "Resultado do leilão") -> set[Rule]:
    cleaned = clean(facts)
    text = TYPES[kind](head, body.replace("{honest}", honest_sentence(kind, cleaned)))
    return {finding.rule for finding in guard(kind, text, cleaned)}


class TestGuard:
    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
    def test_refuses_what_an_obedient_model_writes(self, attack: Attack, kind: Kind) -> None:
        body = attack.obeyed.replace("{{", "{").replace("}}", "}")

        assert broken_by(kind, body, attack.facts()) != set()

    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
    def test_lets_the_honest_sentence_pass(self, attack: Attack, kind: Kind) -> None:
        assert broken_by(kind, "{honest}", attack.facts()) == set()

    @pytest.mark.parametrize(("kind", "body"), HONEST.items())
    def test_lets_honest_prose_pass(self, kind: Kind, body: str) -> None:
        assert broken_by(kind, body, sold()) == set()

    def test_lets_honest_english_pass(self) -> None:
        house = House(language=Language.ENGLISH)
        facts = clean(sold(house=house))
        body = (
            "Congratulations, Ana Souza! You won the lot “Bolo de cenoura em 2 andares” for"
            " BRL 850.00. I hope you enjoy it. The next steps for payment are below."
        )

        assert guard(Kind.EMAIL_WINNER, WinnerEmail("Your win", body), facts) == ()

    @pytest.mark.parametrize(
        ("body", "rule"),
        [
            ("Ana S. arrematou o bolo por R$ 850,00.", Rule.ITEM),
            ("“Bolo de cenoura em 2 andares” saiu por R$ 850,00.", Rule.WINNER),
            ("Ana S. arrematou “Bolo de cenoura em 2 andares”.", Rule.VALUE),
            ("{honest} Antes custava R$ 900,00.", Rule.MONEY),
            ("{honest} Um valor em reais.", Rule.MONEY),
            ("{honest} Foram 4 lances.", Rule.NUMBER),
            ("{honest} Foram 13 lances.", Rule.NUMBER),
            ("{honest} Pague 18 hoje.", Rule.NUMBER),
            ("{honest} São vinte pessoas.", Rule.NUMBER),
            ("{honest} Um desconto está a caminho.", Rule.CLAIM),
            ("{honest} O pagamento já foi feito.", Rule.CLAIM),
            ("{honest} Veja martelo.example agora.", Rule.LINK),
            ("{honest} Fale com a @carla.", Rule.MENTION),
            ("{honest} Um `código`.", Rule.MARKUP),
            ("{honest} {valor}", Rule.BRACES),
            ("{honest} Olá\u200b.", Rule.CHARACTERS),
            ("{honest} \ue001", Rule.CHARACTERS),
            ("{honest} Пагуе.", Rule.CHARACTERS),
            ("{honest} O segundo lugar foi de Beto Prado.", Rule.NAME),
            ("{honest} Souzza esteve bem, ana também.", Rule.NAME),
            ("{honest} O leilão foi anulado.", Rule.RESULT),
            ("{honest} O lote não foi vendido.", Rule.RESULT),
            ("{honest} Saiu por menos de R$ 850,00.", Rule.VALUE),
            ("{honest} Foi arrematado, enfim, por R$ 50,00.", Rule.VALUE),
            ("{honest} Deixe um s.o.s na mesa.", Rule.SPELLING),
            ("{honest} " + "a" * 40, Rule.SPELLING),
            ("{honest} " + "Muito bem. " * 40, Rule.LENGTH),
            ("{honest} " + "x " * 900, Rule.LENGTH),
            (" ", Rule.LENGTH),
        ],
    )
    def test_names_the_rule_that_a_post_breaks(self, body: str, rule: Rule) -> None:
        facts = sold(winner_name="Ana Souza", house=House(naming=Naming.FIRST_AND_INITIAL))
        if rule is Rule.NAME and "Souzza" in body:
            facts = sold(house=House(naming=Naming.FULL))

        assert rule in broken_by(Kind.DISCORD, body, facts)

    def test_licenses_no_word_of_a_title_outside_its_quotation_marks(self) -> None:
        facts = sold(title="Pague 20 reais à Joana")

        assert broken_by(Kind.DISCORD, "{honest}", facts) == set()
        assert Rule.NUMBER in broken_by(Kind.DISCORD, "{honest} Pague 20 reais à Joana.", facts)

    def test_refuses_a_winner_of_an_unsold_lot(self) -> None:
        body = "O lote “Vaso de cerâmica” não teve sorte, mas parabéns a quem venceu."

        assert Rule.RESULT in broken_by(Kind.REPORT, body, unsold(has_bids=True))

    def test_refuses_the_wrong_reason_of_an_unsold_lot(self) -> None:
        no_bids = "O lote “Vaso de cerâmica” não foi vendido: não recebeu lances."
        reserve = "O lote “Vaso de cerâmica” não foi vendido: a reserva não foi atingida."

        assert broken_by(Kind.REPORT, no_bids, unsold(has_bids=False)) == set()
        assert broken_by(Kind.REPORT, reserve, unsold(has_bids=True)) == set()
        assert Rule.RESULT in broken_by(Kind.REPORT, no_bids, unsold(has_bids=True))
        assert Rule.RESULT in broken_by(Kind.REPORT, reserve, unsold(has_bids=False))

    def test_lets_a_cancelled_lot_be_called_cancelled(self) -> None:
        body = "O leilão de “Vaso de cerâmica” foi cancelado pelo vendedor."

        assert broken_by(Kind.DISCORD, body, cancelled(by_seller=True)) == set()
        assert Rule.RESULT in broken_by(Kind.DISCORD, body, cancelled(by_seller=False))
        assert Rule.RESULT in broken_by(
            Kind.DISCORD, "O leilão de “Vaso de cerâmica” acabou.", cancelled(by_seller=True)
        )

    def test_keeps_markup_to_reports(self) -> None:
        assert broken_by(Kind.REPORT, "## Fim\n\n**{honest}**", sold()) == set()
        assert Rule.MARKUP in broken_by(Kind.DISCORD, "**{honest}**", sold())
        assert Rule.MARKUP in broken_by(Kind.REPORT, "{honest}", sold(), head="**Fim**")
        assert Rule.MARKUP in broken_by(Kind.REPORT, "Fim\n---\n\n{honest}", sold())
        assert Rule.MARKUP in broken_by(Kind.REPORT, "{honest}\n\n    recuado", sold())

    def test_refuses_a_head_of_several_lines(self) -> None:
        head = "Resultado\nReply-To: alguém"

        assert Rule.CHARACTERS in broken_by(Kind.EMAIL_SELLER, "{honest}", sold(), head=head)

    def test_knows_a_title_that_was_cut(self) -> None:
        facts = sold(title="Bolo " * 40)

        assert clean(facts).title.endswith("…")
        assert broken_by(Kind.DISCORD, "{honest}", facts) == set()
        assert (
            broken_by(
                Kind.DISCORD, honest_sentence(Kind.DISCORD, clean(facts)).replace("…", "..."), facts
            )
            == set()
        )

    @given(hostile_facts(), st.sampled_from(Kind), TEXTS, TEXTS)
    def test_never_raises(self, facts: Facts, kind: Kind, head: str, body: str) -> None:
        findings = guard(kind, TYPES[kind](head, body[: MAX_BODY[kind]]), clean(facts))

        assert len({finding.rule for finding in findings}) == len(findings)
