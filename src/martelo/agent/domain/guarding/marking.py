"""Taking what is known out of a text, so that only what is not known remains to be judged.

The lot stands in quotation marks; names, amounts, instants and counts stand word for word. Each is
taken out whole and leaves a sign. So the digits of a date license no other number, and the words
of a title nothing at all outside their quotation marks.
"""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from martelo.agent.domain.facts import Language, Status
from martelo.agent.domain.formats import (
    format_bidders,
    format_bids,
    format_instant,
    format_minute,
    format_money,
    format_times,
)
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.guarding.vocabulary import PAYMENT_PHRASES
from martelo.agent.domain.naming import quoted, winner_in
from martelo.agent.domain.texts import Kind

_SAME = str.maketrans("’‘\u00a0\u202f", "''  ")


class Sign(StrEnum):
    """What stands in the place of a known fact: private characters, which no text may have."""

    ITEM = "\ue000"
    WINNER = "\ue001"
    VALUE = "\ue002"
    AMOUNT = "\ue003"
    INSTANT = "\ue004"
    COUNT = "\ue005"
    PERSON = "\ue006"
    HOUSE = "\ue007"
    REASON = "\ue008"
    PHRASE = "\ue009"


_PEOPLE = frozenset({Sign.WINNER, Sign.PERSON, Sign.HOUSE})


SIGNS = "".join(Sign)


def folded(text: str) -> str:
    """Return `text` in the form in which words are compared: `...` is `…`, blanks are blanks."""
    text = "".join(c for c in text if not "\ue000" <= c <= "\uf8ff")
    text = unicodedata.normalize("NFC", text).translate(_SAME).replace("...", "…")
    return re.sub("[^\\S\n]+", " ", text)


def known_in(kind: Kind, facts: CleanFacts) -> dict[str, Sign]:
    """Return what a text may say word for word; the later wins where two are the same."""
    language = facts.house.language
    cents = {facts.starting_cents}
    if kind in {Kind.REPORT, Kind.EMAIL_SELLER}:
        cents |= {bid.amount_cents for bid in facts.bids}
    elif facts.status is Status.UNSOLD:
        cents |= {bid.amount_cents for bid in facts.bids[-1:]}
    known = {format_money(each, language): Sign.AMOUNT for each in cents}
    if facts.final_cents is not None:
        known[format_money(facts.final_cents, language)] = Sign.VALUE
    instants = {facts.created_at_ms, facts.starts_at_ms, facts.ends_at_ms, facts.closed_at_ms}
    if kind in {Kind.REPORT, Kind.EMAIL_SELLER}:
        instants |= {bid.at_ms for bid in facts.bids}
    for at_ms in instants:
        known[format_instant(at_ms, language)] = Sign.INSTANT
        known[format_minute(at_ms, language)] = Sign.INSTANT
    known |= dict.fromkeys(_counts(facts, language), Sign.COUNT)
    known[facts.house.name] = Sign.HOUSE
    if kind in {Kind.REPORT, Kind.EMAIL_SELLER}:
        known |= {bid.shown: Sign.PERSON for bid in facts.bids}
    if kind is Kind.EMAIL_SELLER:
        known[facts.seller_name] = Sign.PERSON
    winner = winner_in(kind, facts)
    if winner is not None and facts.status is Status.SOLD:
        known[winner] = Sign.WINNER
    if facts.reason and facts.status is Status.CANCELLED:
        known |= dict.fromkeys(_in_marks(kind, facts.reason), Sign.REASON)
    known |= dict.fromkeys(_in_marks(kind, facts.title), Sign.ITEM)
    known |= dict.fromkeys(PAYMENT_PHRASES, Sign.PHRASE)
    return {folded(words): sign for words, sign in known.items()}


def _counts(facts: CleanFacts, language: Language) -> set[str]:
    return {
        format_bids(facts.bid_count, language),
        format_bidders(facts.bidder_count, language),
        format_times(facts.extensions, language),
    }


def _in_marks(kind: Kind, text: str) -> list[str]:
    """Return the forms in which people's own words may stand: only so do they license anything."""
    forms = [quoted(text), f'"{text}"', f"«{text}»"]
    return [*forms, f"**{text}**"] if kind is Kind.REPORT else forms


def mark(text: str, known: Mapping[str, Sign]) -> str:
    """Return `text` with a sign for everything known that stands in it word for word.

    People come last: a name may be a word that stands in an amount ("R") or in a date ("de").
    """
    people = {words for words, sign in known.items() if sign in _PEOPLE}
    for several in (known.keys() - people, people):
        longest_first = sorted(several, key=lambda words: (-len(words), words))
        pattern = "|".join(_bounded(words) for words in longest_first if words)
        if pattern:
            text = re.sub(pattern, lambda found: known[found[0]], text)
    return text


def _bounded(words: str) -> str:
    before = r"(?<![\w$])" if words[0].isalnum() else ""
    after = r"(?!\w)(?![.,]\d)" if words[-1].isalnum() else ""
    return f"{before}{re.escape(words)}{after}"
