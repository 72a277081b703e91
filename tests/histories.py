"""Histories of one auction as its callers saw it, and whether some order explains them.

A bid that was accepted tells its place, `seq`; a refusal for being too low tells a price, and so
between which places it was decided. The histories are right (linearizable) where every call can be
given one moment between its sending and its answer, so that all of them together are the ledger.
"""

import bisect
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One call: sent and answered by the caller's monotonic clock.

    `seq` is the place of an accepted bid. `price_cents` is the price that a refusal told.
    """

    sent_at: float
    answered_at: float
    seq: int | None = None
    price_cents: int | None = None


def find_contradiction(calls: Sequence[Call], prices: Mapping[int, int]) -> str | None:
    """Return what no order explains, or `None`; `prices` is the price after each `seq`.

    An interval order allows the greedy choice of Wing and Gong's search: in order of sending,
    each call takes the earliest place that what was answered before it allows.
    """
    seqs = sorted(prices)
    told = [prices[seq] for seq in seqs]
    answered: list[tuple[float, int]] = []
    reached = 0
    for call in sorted(calls, key=lambda call: call.sent_at):
        while answered and answered[0][0] < call.sent_at:
            reached = max(reached, heapq.heappop(answered)[1])
        if call.seq is not None:
            if call.seq <= reached:
                return f"seq {call.seq} was decided after {reached} had been answered"
            place = call.seq
        else:
            assert call.price_cents is not None
            first = bisect.bisect_left(told, call.price_cents)
            after = bisect.bisect_right(told, call.price_cents)
            if first == after:
                return f"the price {call.price_cents} was told and never was"
            place = max(seqs[first], reached)
            if after < len(seqs) and place >= seqs[after]:
                return f"the price {call.price_cents} was told after seq {reached} was answered"
        heapq.heappush(answered, (call.answered_at, place))
    return None
