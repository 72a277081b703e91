"""What code adds to every text: the table of facts and the history of bids."""

from dataclasses import dataclass

from martelo.agent.domain.facts import Language, PublicBid, Status
from martelo.agent.domain.formats import format_instant, format_money
from martelo.agent.domain.guarding.cleaning import CleanFacts
from martelo.agent.domain.naming import winner_in
from martelo.agent.domain.texts import Kind

_LABELS = {
    "item": ("Item", "Item"),
    "result": ("Resultado", "Result"),
    "value": ("Valor final", "Final value"),
    "winner": ("Quem arrematou", "Winner"),
    "starting": ("Preço inicial", "Starting price"),
    "bids": ("Lances", "Bids"),
    "bidders": ("Participantes", "Participants"),
    "starts": ("Abertura", "Opened"),
    "ends": ("Encerramento", "Closed"),
    "extensions": ("Prorrogações", "Extensions"),
    "reserve": ("Preço de reserva", "Reserve price"),
    "reason": ("Motivo informado", "Stated reason"),
}
_RESULTS = {
    "bid": ("Arrematado em lances", "Sold by bidding"),
    "buy_now": ("Vendido por compra imediata", "Sold by buy now"),
    "no_bids": ("Não vendido: nenhum lance", "Not sold: no bids"),
    "reserve": ("Não vendido: reserva não atingida", "Not sold: reserve not met"),
    "by_seller": ("Cancelado pelo vendedor", "Cancelled by the seller"),
    "by_admin": ("Cancelado pela administração", "Cancelled by the administration"),
}
_RESERVE = {True: ("Atingido", "Met"), False: ("Não atingido", "Not met")}
_BID_KINDS = {True: ("automático", "automatic"), False: ("manual", "manual")}


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row of the table of facts, as plain text: the renderer escapes it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A bid in the history, as plain text."""

    number: str
    bidder: str
    amount: str
    at: str
    how: str


def fact_rows(kind: Kind, facts: CleanFacts) -> tuple[FactRow, ...]:
    """Return the facts of an auction in the house's language; the winner is named as in `kind`."""
    language = facts.house.language
    winner = winner_in(kind, facts)
    rows: list[tuple[str, str | None]] = [
        ("item", facts.title),
        ("result", result_of(facts)),
        ("value", _money(facts.final_cents, language)),
        ("winner", winner if facts.status is Status.SOLD else None),
        ("starting", format_money(facts.starting_cents, language)),
        ("bids", str(facts.bid_count)),
        ("bidders", str(facts.bidder_count)),
        ("starts", format_instant(facts.starts_at_ms, language)),
        ("ends", format_instant(facts.closed_at_ms, language)),
        ("extensions", str(facts.extensions) if facts.extensions else None),
        ("reserve", _reserve(facts)),
        ("reason", facts.reason if facts.status is Status.CANCELLED else None),
    ]
    return tuple(
        FactRow(_LABELS[name][_index(language)], value) for name, value in rows if value is not None
    )


def history_rows(facts: CleanFacts) -> tuple[HistoryRow, ...]:
    """Return the public history of bids, oldest first: at most the last 200."""
    return tuple(_history_row(bid, facts.house.language) for bid in facts.bids)


def result_of(facts: CleanFacts) -> str:
    """Return how the auction ended, in a few words."""
    return _RESULTS[_result_key(facts)][_index(facts.house.language)]


def _history_row(bid: PublicBid, language: Language) -> HistoryRow:
    return HistoryRow(
        number=str(bid.number),
        bidder=bid.shown,
        amount=format_money(bid.amount_cents, language),
        at=format_instant(bid.at_ms, language),
        how=_BID_KINDS[bid.automatic][_index(language)],
    )


def _result_key(facts: CleanFacts) -> str:
    match facts.status:
        case Status.SOLD:
            return "buy_now" if facts.sold_by == "buy_now" else "bid"
        case Status.UNSOLD:
            return "reserve" if facts.bid_count else "no_bids"
        case Status.CANCELLED:
            return "by_seller" if facts.cancelled_by_seller else "by_admin"


def _reserve(facts: CleanFacts) -> str | None:
    if facts.reserve_met is None:
        return None
    return _RESERVE[facts.reserve_met][_index(facts.house.language)]


def _money(cents: int | None, language: Language) -> str | None:
    return None if cents is None else format_money(cents, language)


def _index(language: Language) -> int:
    return 1 if language is Language.ENGLISH else 0
