"""The facts of an auction as phrases for templates."""

from dataclasses import dataclass

from martelo.agent.domain.facts import Status, Tone
from martelo.agent.domain.formats import (
    format_bidders,
    format_bids,
    format_instant,
    format_minute,
    format_money,
    format_times,
)
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.naming import quoted, winner_in
from martelo.agent.domain.texts import Kind


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of a template; for an unsold lot, `winner` and `value` are empty."""

    item: str
    winner: str
    value: str
    seller: str
    house: str
    starting: str
    bids: str
    bidders: str
    opened: str
    closed: str
    extended: str | None
    """How often the end was moved, if it was."""
    first_bid: tuple[str, str] | None
    """Bidder and amount, if the history is complete and has several bids."""
    last_bid: tuple[str, str] | None
    reason: str | None
    is_warm: bool
    has_bids: bool
    is_bought_now: bool
    is_reserve_met: bool


def phrases_of(kind: Kind, facts: CleanFacts) -> Phrases:
    """Return the phrases for a text of this kind."""
    language = facts.house.language
    is_complete = len(facts.bids) == facts.bid_count and facts.bid_count > 1
    return Phrases(
        item=quoted(facts.title),
        winner=winner_in(kind, facts) or "",
        value="" if facts.final_cents is None else format_money(facts.final_cents, language),
        seller=facts.seller_name,
        house=facts.house.name,
        starting=format_money(facts.starting_cents, language),
        bids=format_bids(facts.bid_count, language),
        bidders=format_bidders(facts.bidder_count, language),
        opened=format_minute(facts.starts_at_ms, language),
        closed=format_instant(facts.closed_at_ms, language),
        extended=format_times(facts.extensions, language) if facts.extensions else None,
        first_bid=_bid(facts, 0) if is_complete else None,
        last_bid=_bid(facts, -1) if facts.bids else None,
        reason=_reason(facts),
        is_warm=facts.house.tone is Tone.WARM,
        has_bids=facts.bid_count > 0,
        is_bought_now=facts.sold_by == "buy_now",
        is_reserve_met=facts.reserve_met is True,
    )


def ended(sentence: str) -> str:
    """Return `sentence` with a full stop, unless the quotation at its end has one."""
    is_ended = sentence.removesuffix("”").endswith((".", "!", "?", "…"))
    return sentence if is_ended else f"{sentence}."


def _bid(facts: CleanFacts, index: int) -> tuple[str, str]:
    bid = facts.bids[index]
    return bid.shown, format_money(bid.amount_cents, facts.house.language)


def _reason(facts: CleanFacts) -> str | None:
    if facts.status is not Status.CANCELLED or facts.reason is None:
        return None
    return quoted(facts.reason)
