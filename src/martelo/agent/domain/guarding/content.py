"""What a text must say, and what it may not speak of."""

import re
import unicodedata
from collections.abc import Iterator

from martelo.agent.domain.facts import Status
from martelo.agent.domain.formats import format_money
from martelo.agent.domain.guarding.draft import Draft
from martelo.agent.domain.guarding.marking import Marker
from martelo.agent.domain.guarding.rules import MAX_QUOTE, Finding, Rule
from martelo.agent.domain.guarding.vocabulary import CLAIMS, CURRENCY, NEGATION, NUMBER_WORDS, SALE
from martelo.agent.domain.naming import quoted, winner_in

_GAP = r"[^\w.!?\n]+"
_SOLD_FOR = re.compile(
    SALE
    + rf"[^.!?\n{Marker.VALUE}]{{0,160}}?"
    + r"\b(?:por|for|at|pelo\s+(?:valor|preco)\s+de|for\s+the\s+(?:price|amount)\s+of)\s+(?:\*\*)?"
    + Marker.AMOUNT
)
_DENIED = re.compile(
    rf"(?:{NEGATION}|\binstead of|\bem vez de|\bao inves de|\brather than){_GAP}"
    rf"(?:\w+{_GAP}){{0,2}}[{Marker.VALUE}{Marker.WINNER}{Marker.ITEM}]"
)
_QUALIFIED = re.compile(
    r"\b(?:menos|mais|abaixo|acima|alem|quase|cerca|apenas|somente|less|more|below|above|over|under"
    rf"|almost|about|around|only|just){_GAP}(?:(?:de|do|da|que|than|of){_GAP}){{0,2}}{Marker.VALUE}"
)


def check_required(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for each of lot, winner and value that is missing."""
    facts = draft.facts
    if Marker.ITEM not in draft.marked:
        yield Finding(Rule.ITEM, f"Escreva o item exatamente assim: {quoted(facts.title)}")
    if facts.status is not Status.SOLD:
        return
    winner = winner_in(draft.kind, facts)
    if Marker.WINNER not in draft.body:
        yield Finding(Rule.WINNER, f"Escreva quem arrematou exatamente assim: {winner}")
    if facts.final_cents is not None and Marker.VALUE not in draft.body:
        value = format_money(facts.final_cents, facts.house.language)
        yield Finding(Rule.VALUE, f"Escreva o valor final exatamente assim: {value}")


def check_value(draft: Draft) -> Iterator[Finding]:
    """Yield a finding if the value is denied, qualified or replaced by another amount."""
    if draft.facts.status is not Status.SOLD:
        return
    if (
        _SOLD_FOR.search(draft.plain)
        or _DENIED.search(draft.plain)
        or _QUALIFIED.search(draft.plain)
    ):
        hint = "Diga o valor final sem negar, comparar ou trocar por outro valor."
        yield Finding(Rule.VALUE, hint)


def check_money(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for amounts that are not among the facts."""
    if CURRENCY.search(draft.plain):
        yield Finding(Rule.MONEY, "Não escreva valores além dos que foram dados, tal como estão.")


def check_numbers(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for numbers, in digits or words, that are not among the facts."""
    is_numeric = any(unicodedata.category(c)[0] == "N" or c == "%" for c in draft.marked)
    if is_numeric or NUMBER_WORDS.search(draft.plain):
        yield Finding(
            Rule.NUMBER,
            "Não escreva números além das contagens, datas e valores dados, tal como estão.",
        )


def check_claims(draft: Draft) -> Iterator[Finding]:
    """Yield a finding for subjects that a model knows nothing true about."""
    found = CLAIMS.search(draft.plain)
    if found:
        hint = (
            f"Não fale disso, outra parte do sistema cuida: {found[0][:MAX_QUOTE]!r}. De pagamento"
            " diga só que os próximos passos para o pagamento estão logo abaixo."
        )
        yield Finding(Rule.CLAIM, hint)
