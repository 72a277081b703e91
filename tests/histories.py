"""Histories of one auction as its callers observed it, and whether they are linearizable.

An accepted bid returns its place, `seq`; a refusal for being too low returns a price, and so the
places between which it was decided. The histories are linearizable if each call can be assigned one
instant between its sending and its answer, so that together they make up the ledger.
"""

import bisect
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    """One call: sent and answered by the caller's monotonic clock.

    `seq` is the place of an accepted bid. `price_cents` is the price in a refusal.
    """

    sent_at: float
    answered_at: float
    seq: int | None = None
    price_cents: int | None = None


def find_contradiction(calls: Sequence[Call], prices: Mapping[int, int]) -> str | None:
    """Return a contradiction, or `None`; `prices` is the price after each `seq`.

    An interval order allows the greedy choice of Wing and Gong's search: in order of sending,
    each call takes the earliest place that the earlier answers allow.
    """
    seqs = sorted(prices)
    in_order = [prices[seq] for seq in seqs]
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
            first = bisect.bisect_left(in_order, call.price_cents)
            after = bisect.bisect_right(in_order, call.price_cents)
            if first == after:
                return f"the price {call.price_cents} was returned and never was"
            place = max(seqs[first], reached)
            if after < len(seqs) and place >= seqs[after]:
                return f"the price {call.price_cents} was returned after seq {reached} was answered"
        heapq.heappush(answered, (call.answered_at, place))
    return None
