"""A person's lists of lots: those they bid on, and those they sell."""

from collections.abc import Mapping
from dataclasses import dataclass

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.lot_parts.cards import LotCard, lot_cards
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.web.links import with_query

LIST_SIZE = "24"
MAX_CURSOR_LENGTH = 200


@dataclass(frozen=True)
class LotList:
    """Cards, or why there are none, and the address of the next page."""

    cards: list[LotCard]
    trouble: str
    next_page: str


def page_query(query: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the parameters of the API for one of the page's lists, whose cursor is `name`."""
    return {"limit": LIST_SIZE, "cursor": query.get(name, "")[:MAX_CURSOR_LENGTH]}


def lot_list(answer: ApiResponse, name: str) -> LotList:
    """Return what an API answered for the list `name`."""
    cursor = answer.next_cursor
    return LotList(
        cards=lot_cards(answer.items),
        trouble="" if answer.is_good else explain(answer).text,
        next_page=f"{with_query('/minha-pagina', {name: cursor})}#{name}" if cursor else "",
    )
