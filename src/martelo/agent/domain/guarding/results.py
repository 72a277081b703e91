"""How the auction ended: a text must say so, and must not contradict it."""

from collections.abc import Callable, Iterator

from martelo.agent.domain.facts import Status
from martelo.agent.domain.guarding.draft import Draft
from martelo.agent.domain.guarding.rules import Finding, Rule
from martelo.agent.domain.guarding.vocabulary import (
    ANNULLED,
    BUY_NOW,
    BY_ADMIN,
    BY_SELLER,
    CANCELLING,
    DENIAL,
    NO_BIDS,
    NO_SALE,
    RESERVE,
    SALES,
)


def check_result(draft: Draft) -> Iterator[Finding]:
    """Yield a finding if the text contradicts how the auction ended."""
    status = draft.facts.status
    if _CONTRADICTS[status](draft):
        hint = f"Diga só o que aconteceu: o lote {_PHRASES[status]}, e como está nos dados."
        yield Finding(Rule.RESULT, hint)


def _contradicts_sold(draft: Draft) -> bool:
    if NO_SALE.search(draft.plain) or ANNULLED.search(draft.plain):
        return True
    return draft.facts.sold_by == "bid" and BUY_NOW.search(draft.plain) is not None


def _contradicts_unsold(draft: Draft) -> bool:
    rest = NO_SALE.sub(" ", draft.plain)
    if not DENIAL.search(draft.unmarked) or SALES.search(rest) or ANNULLED.search(rest):
        return True
    wrong = NO_BIDS if draft.facts.bid_count else RESERVE
    return wrong.search(draft.plain) is not None


def _contradicts_cancelled(draft: Draft) -> bool:
    rest = NO_SALE.sub(" ", draft.plain)
    if not CANCELLING.search(draft.unmarked) or SALES.search(rest):
        return True
    wrong = BY_ADMIN if draft.facts.cancelled_by_seller else BY_SELLER
    return wrong.search(draft.plain) is not None


_CONTRADICTS: dict[Status, Callable[[Draft], bool]] = {
    Status.SOLD: _contradicts_sold,
    Status.UNSOLD: _contradicts_unsold,
    Status.CANCELLED: _contradicts_cancelled,
}
_PHRASES = {
    Status.SOLD: "foi vendido",
    Status.UNSOLD: "não foi vendido",
    Status.CANCELLED: "foi cancelado",
}
