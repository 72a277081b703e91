"""Home and lists of lots."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.lot_parts.cards import lot_cards
from martelo.storefront.lot_parts.categories import categories
from martelo.storefront.lots.search import read_search
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.web.links import with_query

LIST_SIZE = "24"
HOME_SIZE = "8"
STRIP_SIZE = "4"


@dataclass(frozen=True)
class ListViews:
    """The views of the lists."""

    dependencies: Dependencies

    def home(self, request: HttpRequest) -> HttpResponse:
        """Show what ends first, and what begins soon."""
        auctions = self.dependencies.auctions
        ending = auctions.list_auctions({"limit": HOME_SIZE})
        coming = ApiResponse(503)
        if ending.is_good:
            coming = auctions.list_auctions({"status": "scheduled", "limit": STRIP_SIZE})
        facts = {
            "cards": lot_cards(ending.items),
            "coming": lot_cards(coming.items),
            "trouble": "" if ending.is_good else explain(ending).text,
            "categories": list(categories().items()),
            "has_more": ending.next_cursor is not None,
        }
        return render(request, "lots/home.html", facts)

    def lots(self, request: HttpRequest) -> HttpResponse:
        """Show a page of lots, or for a script only the lots themselves."""
        search = read_search(request.GET.dict())
        answer = self.dependencies.auctions.list_auctions({**search.query(), "limit": LIST_SIZE})
        cursor = answer.next_cursor
        facts = {
            "cards": lot_cards(answer.items),
            "trouble": "" if answer.is_good else explain(answer).text,
            "search": search,
            "search_text": search.text,
            "next_page": with_query(search.address(), {"cursor": cursor}) if cursor else "",
        }
        is_fragment = request.headers.get("X-Fragment") == "lots"
        template = "lots/lots_found.html" if is_fragment else "lots/lots.html"
        page = render(request, template, facts)
        patch_vary_headers(page, ["X-Fragment"])
        return page
