"""How simulated people bid: calm, more towards the end, and never above what a thing is worth.

Random numbers are arguments, from 0 to 1, so that the same numbers give the same plan.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from martelo.demo.domain.catalogue import Offer
from martelo.demo.domain.lots import DemoLot

LATE_S = 60.0
SOON_S = 5 * 60.0
TOO_LATE_S = 2.0
MIN_PAUSE_S = 4.0
CALM_PAUSE_S = 16.0
LATE_PAUSE_S = 5.0
REST_MS = 20_000
"""The time between a lot's end and the next lot of its offer."""

AUTOMATIC_SHARE = 0.25
"""The share of bids that are automatic."""

MAX_BID_SHARE = 0.4
"""The largest share of the way to their limit that a manual bid goes; most go less."""

MIN_TASTE = 0.55
FIRST_INTEREST = 0.25
"""The share of the way to their limit that people go when a lot begins."""


@dataclass(frozen=True, slots=True)
class Draws:
    """Four random numbers from 0 to 1."""

    lot: float
    person: float
    kind: float
    size: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A bid to place: a manual one of `amount_cents`, or an automatic one up to `max_cents`."""

    auction_id: str
    person: str
    amount_cents: int | None
    max_cents: int | None


def limit_cents(lot: DemoLot, person: str) -> int:
    """Return the most that `person` bids on a lot now; it grows as its end comes nearer."""
    taste = MIN_TASTE + (1 - MIN_TASTE) * _taste(lot.lot.id, person)
    interest = FIRST_INTEREST + (1 - FIRST_INTEREST) * lot.lot.elapsed
    start, worth = lot.offer.starting_cents, lot.offer.worth_cents
    return min(start + round((worth - start) * taste * interest), worth)


def plan_bid(lots: Sequence[DemoLot], people: Sequence[str], draws: Draws) -> Plan | None:
    """Return the next bid; `None` where nobody would bid on anything now."""
    choices = [
        (lot, willing, minimum_cents)
        for lot in lots
        if (minimum_cents := lot.lot.minimum_cents) is not None and _is_inviting(lot)
        if (willing := [p for p in people if limit_cents(lot, p) >= minimum_cents])
    ]
    if not choices:
        return None
    weights = [_weight(lot.lot.left_s) for lot, _, _ in choices]
    lot, willing, minimum_cents = choices[_pick(weights, draws.lot)]
    person = willing[_pick([1] * len(willing), draws.person)]
    limit = limit_cents(lot, person)
    if draws.kind < AUTOMATIC_SHARE:
        ceiling = minimum_cents + round((limit - minimum_cents) * (0.3 + 0.7 * draws.size))
        return Plan(lot.lot.id, person, None, min(_typed(ceiling), limit))
    wished = _typed(minimum_cents + round((limit - minimum_cents) * MAX_BID_SHARE * draws.size**2))
    return Plan(lot.lot.id, person, wished if wished <= limit else minimum_cents, None)


def pause_s(lots: Sequence[DemoLot], draw: float) -> float:
    """Return how long nobody bids now, over the whole house."""
    is_late = any(TOO_LATE_S < lot.lot.left_s < LATE_S for lot in lots)
    return MIN_PAUSE_S + (LATE_PAUSE_S if is_late else CALM_PAUSE_S) * draw


def is_rested(ends_at_ms: int, now_ms: int) -> bool:
    """Return whether a lot ended long enough ago for the next of its offer."""
    return now_ms >= ends_at_ms + REST_MS


def missing_offers(lots: Sequence[DemoLot], offers: Sequence[Offer]) -> list[Offer]:
    """Return the offers of which no lot is open or to come."""
    names = {lot.offer.name for lot in lots}
    return [offer for offer in offers if offer.name not in names]


def _is_inviting(lot: DemoLot) -> bool:
    """Return whether people may bid; a first bid would take the buy-now offer from visitors."""
    return lot.lot.status == "open" and not lot.lot.is_buyable and lot.lot.left_s > TOO_LATE_S


def _weight(left_s: float) -> int:
    if left_s < LATE_S:
        return 8
    return 4 if left_s < SOON_S else 1


def _pick(weights: Sequence[int], draw: float) -> int:
    """Return the index that `draw` falls on."""
    reach = draw * sum(weights)
    for place, weight in enumerate(weights):
        reach -= weight
        if reach < 0:
            return place
    return len(weights) - 1


def _typed(cents: int) -> int:
    """Return the next amount upwards that a person would type."""
    step = 100 if cents < 5_000 else 500 if cents < 20_000 else 1_000
    return -(-cents // step) * step


def _taste(lot_id: str, person: str) -> float:
    """Return how much `person` likes a lot, from 0 to 1; always the same."""
    return zlib.crc32(f"{lot_id} {person}".encode()) / 2**32
