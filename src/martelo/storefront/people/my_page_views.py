"""My page: what one bids on, and what one sells."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from martelo.storefront.dependencies import Dependencies
from martelo.storefront.people.lot_lists import lot_list, page_query
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.visitors import token_of


@dataclass(frozen=True)
class MyPageViews:
    """The view of one's own affairs."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show one's bids and lots; each list has its own pages."""
        token = token_of(request, self.dependencies) or ""
        bids = self.dependencies.auctions.list_own_bids(token, page_query(request.GET, "bids"))
        lots = self.dependencies.auctions.list_own_auctions(token, page_query(request.GET, "lots"))
        facts = {
            "bids": lot_list(bids, "bids"),
            "lots": lot_list(lots, "lots"),
            "name": session.person.name,
        }
        return render(request, "people/own.html", facts)
