import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given

from fakes.ended_auctions import sold
from hostile_facts import TEXTS, hostile_facts
from martelo.agent.domain.facts import Facts
from martelo.agent.domain.guarding.cleaning import (
    MAX_NAME,
    MAX_TITLE,
    clean,
    clean_line,
    clean_mask,
    clean_name,
)


class TestCleanLine:
    @pytest.mark.parametrize(
        ("typed", "cleaned"),
        [
            ("Bolo de cenoura, 2 andares (30 fatias)", "Bolo de cenoura, 2 andares (30 fatias)"),
            ("Relógio nº 5 da 1ª série", "Relógio nº 5 da 1ª série"),
            ("Vaso 3.5 kg a R$ 1.234,56", "Vaso 3.5 kg a R$ 1.234,56"),
            ("Coleção 1990-2010", "Coleção 1990-2010"),
            ("Ｂｏｌｏ", "Bolo"),
            ("Veja https://mal.example/x?y=1 já", "Veja já"),
            ("Veja mal.example/oferta já", "Veja já"),
            ("Veja mal.example já", "Veja mal example já"),
            ("[clique](https://mal.example) aqui", "clique aqui"),
            ("fale com x@mal.example ou @here", "fale com ou"),
            ("ligue (11) 98765-4321 hoje", "ligue hoje"),
            ("<@1> <#42> <t:0:R> Vaso <b>azul</b>", "Vaso azul"),
            ("**Vaso** `azul` ~~novo~~ #1", "Vaso azul novo 1"),
            ("{vencedor} {0.__class__}", "vencedor 0. class"),
            ('Quadro "azul" “raro” «belo»', "Quadro 'azul' 'raro' 'belo'"),
            ("javascript:alert(1) Vaso", "Vaso"),
            ("Vaso&lt;script&gt;", "Vaso script"),
            ("Va\u200bso\u2028Reply-To\r\nBcc", "Vaso Reply-To Bcc"),
            ("\u202eVaso\u202c", "Vaso"),
            ("Vaso" + "".join(chr(0xE0000 + ord(c)) for c in "pay"), "Vaso"),
            ("ht<b>tp://mal.example", "ht"),
            ("Vaso\u3164\u2800", "Vaso"),
        ],
    )
    def test_keeps_words_and_drops_what_does_more(self, typed: str, cleaned: str) -> None:
        assert clean_line(typed, MAX_TITLE) == cleaned

    def test_keeps_two_marks_a_letter(self) -> None:
        assert len(clean_line("q" + "\u0323\u0307" * 1_500, MAX_TITLE)) == 3

    def test_cuts_at_a_blank(self) -> None:
        assert clean_line("Bolo de cenoura com chocolate", 20) == "Bolo de cenoura com…"

    @pytest.mark.parametrize("sign", ["q\u0323", "👍🏽", "🇧🇷"])
    def test_cuts_no_sign_in_two(self, sign: str) -> None:
        for limit in range(4, 12):
            kept = clean_line(sign * 20, limit).removesuffix("…")

            assert kept == sign * (len(kept) // len(sign))

    @given(TEXTS)
    def test_leaves_one_short_visible_line_that_stays_as_it_is(self, typed: str) -> None:
        line = clean_line(typed, MAX_TITLE)

        assert len(line) <= MAX_TITLE
        assert clean_line(line, MAX_TITLE) == line
        assert not set(line) & set('<>{}[]@*`~|\\#"“”«»\n')
        assert not {unicodedata.category(c) for c in line} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        assert "://" not in line


class TestCleanName:
    @pytest.mark.parametrize(
        ("typed", "cleaned"),
        [
            ("Ana Souza", "Ana Souza"),
            ("João D'Ávila-Reis", "João D'Ávila-Reis"),
            ("ana99", "ana"),
            ("R$ 850,00", "R"),
            ("S. Ana.", "S Ana"),
            ("20", ""),
            ("Não", ""),
            ("não vendido", ""),
            ("próximos passos para o pagamento", ""),
            ("@here Beto", "Beto"),
            ("李小龙", "李小龙"),
        ],
    )
    def test_keeps_letters(self, typed: str, cleaned: str) -> None:
        assert clean_name(typed) == cleaned

    def test_keeps_names_short(self) -> None:
        assert len(clean_name("Ana " * 40)) <= MAX_NAME


class TestCleanMask:
    @pytest.mark.parametrize(
        ("shown", "cleaned"), [("A***a", "A***a"), ("B***", "B***"), ("<***>", "***"), ("", "***")]
    )
    def test_leaves_letters_round_the_mask(self, shown: str, cleaned: str) -> None:
        assert clean_mask(shown) == cleaned


class TestClean:
    @given(hostile_facts())
    def test_done_twice_is_done_once(self, facts: Facts) -> None:
        assert clean(clean(facts)) == clean(facts)

    def test_names_what_has_no_name(self) -> None:
        facts = clean(sold(title="\u200b", winner_name="123", seller_name="@x"))

        assert facts.title == "item sem título"
        assert facts.winner_name == facts.seller_name == "participante"

    def test_refuses_a_sale_without_a_value(self) -> None:
        with pytest.raises(ValueError, match="no value"):
            clean(replace(sold(), final_cents=None))
