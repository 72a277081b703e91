"""Replacement of known phrases by markers, so that only what is not known remains to be judged.

The lot appears in quotation marks; names, amounts, instants and counts appear word for word. Each
is replaced as a unit. So the digits of a date allow no other number, and the words of a title
nothing outside their quotation marks.
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

_EQUIVALENTS = str.maketrans("’‘\u00a0\u202f", "''  ")


class Marker(StrEnum):
    """What replaces a known phrase: private characters, which no text may contain."""

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


_PEOPLE = frozenset({Marker.WINNER, Marker.PERSON, Marker.HOUSE})
MARKERS = "".join(Marker)


def normalized(text: str) -> str:
    """Return `text` as phrases are compared: composed, `...` as `…`, one plain space at a time."""
    text = "".join(c for c in text if not "\ue000" <= c <= "\uf8ff")
    text = unicodedata.normalize("NFC", text).translate(_EQUIVALENTS).replace("...", "…")
    return re.sub("[^\\S\n]+", " ", text)


def known_phrases(kind: Kind, facts: CleanFacts) -> dict[str, Marker]:
    """Return the phrases that a text may contain word for word, each with its marker."""
    language = facts.house.language
    cents = {facts.starting_cents}
    if kind in {Kind.REPORT, Kind.EMAIL_SELLER}:
        cents |= {bid.amount_cents for bid in facts.bids}
    elif facts.status is Status.UNSOLD:
        cents |= {bid.amount_cents for bid in facts.bids[-1:]}
    known = {format_money(each, language): Marker.AMOUNT for each in cents}
    if facts.final_cents is not None:
        known[format_money(facts.final_cents, language)] = Marker.VALUE
    instants = {facts.created_at_ms, facts.starts_at_ms, facts.ends_at_ms, facts.closed_at_ms}
    if kind in {Kind.REPORT, Kind.EMAIL_SELLER}:
        instants |= {bid.at_ms for bid in facts.bids}
    for at_ms in instants:
        known[format_instant(at_ms, language)] = Marker.INSTANT
        known[format_minute(at_ms, language)] = Marker.INSTANT
    known |= dict.fromkeys(_counts(facts, language), Marker.COUNT)
    known[facts.house.name] = Marker.HOUSE
    if kind in {Kind.REPORT, Kind.EMAIL_SELLER}:
        known |= {bid.shown: Marker.PERSON for bid in facts.bids}
    if kind is Kind.EMAIL_SELLER:
        known[facts.seller_name] = Marker.PERSON
    winner = winner_in(kind, facts)
    if winner is not None and facts.status is Status.SOLD:
        known[winner] = Marker.WINNER
    if facts.reason and facts.status is Status.CANCELLED:
        known |= dict.fromkeys(_quoted_forms(kind, facts.reason), Marker.REASON)
    known |= dict.fromkeys(_quoted_forms(kind, facts.title), Marker.ITEM)
    known |= dict.fromkeys(PAYMENT_PHRASES, Marker.PHRASE)
    return {normalized(phrase): marker for phrase, marker in known.items()}


def _counts(facts: CleanFacts, language: Language) -> set[str]:
    return {
        format_bids(facts.bid_count, language),
        format_bidders(facts.bidder_count, language),
        format_times(facts.extensions, language),
    }


def _quoted_forms(kind: Kind, text: str) -> list[str]:
    """Return the quoted forms of people's own words, the only ones in which they may appear."""
    forms = [quoted(text), f'"{text}"', f"«{text}»"]
    return [*forms, f"**{text}**"] if kind is Kind.REPORT else forms


def insert_markers(text: str, known: Mapping[str, Marker]) -> str:
    """Return `text` with a marker for every known phrase in it.

    People come last: a name may be a word of an amount ("R") or of a date ("de").
    """
    people = {phrase for phrase, marker in known.items() if marker in _PEOPLE}
    for phrases in (known.keys() - people, people):
        longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
        pattern = "|".join(_bounded(phrase) for phrase in longest_first if phrase)
        if pattern:
            text = re.sub(pattern, lambda found: known[found[0]], text)
    return text


def _bounded(phrase: str) -> str:
    before = r"(?<![\w$])" if phrase[0].isalnum() else ""
    after = r"(?!\w)(?![.,]\d)" if phrase[-1].isalnum() else ""
    return f"{before}{re.escape(phrase)}{after}"
