"""My page: what one bids on, and what one sells."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.lot_parts.cards import LotCard, lot_cards
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.visitors import token_of

LIST_SIZE = "24"


@dataclass(frozen=True)
class OwnList:
    """A list of one's own: its cards, or why there are none, and where it goes on."""

    cards: list[LotCard]
    trouble: str
    next_page: str


@dataclass(frozen=True)
class MyPageViews:
    """The view of one's own affairs."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show one's bids and lots; each list has its own pages."""
        token = token_of(request, self.dependencies) or ""
        bids = self.dependencies.auctions.list_own_bids(token, _page(request.GET, "bids"))
        lots = self.dependencies.auctions.list_own_auctions(token, _page(request.GET, "lots"))
        facts = {
            "bids": _own_list(bids, "bids"),
            "lots": _own_list(lots, "lots"),
            "name": session.person.name,
        }
        return render(request, "people/own.html", facts)


def _page(asked: Mapping[str, str], name: str) -> dict[str, str]:
    return {"limit": LIST_SIZE, "cursor": asked.get(name, "")[:200]}


def _own_list(answer: ApiResponse, name: str) -> OwnList:
    cursor = answer.next_cursor
    return OwnList(
        cards=lot_cards(answer.items),
        trouble="" if answer.is_good else explain(answer).text,
        next_page=f"/minha-pagina?{urlencode({name: cursor})}#{name}" if cursor else "",
    )
