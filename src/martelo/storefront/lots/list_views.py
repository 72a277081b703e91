"""Home and list: the lots there are, found and in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext

from martelo.storefront.clients.auctions import ApiResponse
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.lots.cards import lot_cards
from martelo.storefront.lots.categories import categories
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.texts.formatting import parse_money
from martelo.storefront.web.fields import Field

LIST_SIZE = "24"
HOME_SIZE = "8"
STRIP_SIZE = "4"
ENDED = ("sold", "unsold", "cancelled")
STATUSES = ("open", "scheduled", *ENDED)
SORTS = ("ends_at", "-created_at", "-bid_count", "current_price", "-current_price")


@dataclass(frozen=True)
class Choice:
    """A link among several, one of which is where the reader is."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class Search:
    """What a list's address asks for: sane values only, amounts as typed beside as understood."""

    status: str
    sort: str
    text: str
    category: str
    typed: Mapping[str, str]
    amounts: Mapping[str, str]
    cursor: str

    @property
    def is_filtered(self) -> bool:
        """Return whether it leaves lots out."""
        return bool(self.text or self.category or self.amounts)

    def query(self) -> dict[str, str]:
        """Return the parameters of `GET /view-auctions`, without those that are the default."""
        status = "" if self.status == "open" else self.status
        sort = "" if self.sort == "ends_at" else self.sort
        found = {"status": status, "sort": sort, "q": self.text, "category": self.category}
        return {**found, **self.amounts, "cursor": self.cursor}

    def address(self, **changed: str) -> str:
        """Return the list's address with some values changed, at its beginning."""
        kept = {
            "q": self.text,
            "category": self.category,
            **self.typed,
            "sort": "" if self.sort == _usual_sort(self.status) else self.sort,
            "status": "" if self.status == "open" else self.status,
        }
        asked = {name: value for name, value in {**kept, **changed}.items() if value}
        return f"/leiloes?{urlencode(asked)}" if asked else "/leiloes"


def read_search(asked: Mapping[str, str], language: str) -> Search:
    """Return what a query string asks for; values that make no sense are left out."""
    status, sort = asked.get("status", ""), asked.get("sort", "")
    typed = {name: asked.get(name, "").strip()[:32] for name in ("price_min", "price_max")}
    read = {name: parse_money(text, language) for name, text in typed.items()}
    status = status if status in STATUSES else "open"
    return Search(
        status=status,
        sort=sort if sort in SORTS else _usual_sort(status),
        text=" ".join(asked.get("q", "").replace("\0", "").split())[:200],
        category=asked.get("category", "")[:40],
        typed={name: text for name, text in typed.items() if text},
        amounts={name: amount for name, amount in read.items() if amount},
        cursor=asked.get("cursor", "")[:200],
    )


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
        search = read_search(request.GET.dict(), get_language() or "")
        answer = self.dependencies.auctions.list_auctions({**search.query(), "limit": LIST_SIZE})
        cursor = answer.next_cursor
        facts = {
            "cards": lot_cards(answer.items),
            "trouble": "" if answer.is_good else explain(answer).text,
            "search": search,
            "search_text": search.text,
            "tabs": _tabs(search),
            "results": _results(search) if search.status in ENDED else [],
            "fields": _fields(search),
            "next_page": _with_cursor(search, cursor) if cursor else "",
            "title": _title(search),
        }
        is_fragment = request.headers.get("X-Fragment") == "lots"
        template = "lots/lots_found.html" if is_fragment else "lots/lots.html"
        page = render(request, template, facts)
        patch_vary_headers(page, ["X-Fragment"])
        return page


def _usual_sort(status: str) -> str:
    # What ended lately comes first; the API orders what ended by its creation.
    return "-created_at" if status in ENDED else "ends_at"


def _with_cursor(search: Search, cursor: str) -> str:
    address = search.address()
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'cursor': cursor})}"


def _tabs(search: Search) -> list[Choice]:
    ended = search.status in ENDED
    return [
        Choice(gettext("Open now"), search.address(status="", sort=""), search.status == "open"),
        Choice(
            gettext("Coming soon"),
            search.address(status="scheduled", sort=""),
            search.status == "scheduled",
        ),
        Choice(gettext("Ended"), search.address(status="sold", sort=""), ended),
    ]


def _results(search: Search) -> list[Choice]:
    names = {
        "sold": gettext("Sold"),
        "unsold": gettext("Not sold"),
        "cancelled": gettext("Cancelled"),
    }
    return [
        Choice(name, search.address(status=status), search.status == status)
        for status, name in names.items()
    ]


def _fields(search: Search) -> list[Field]:
    sorts = {
        "ends_at": gettext("Ending first"),
        "-created_at": gettext("Newest first"),
        "-bid_count": gettext("Most bids first"),
        "current_price": gettext("Lowest price first"),
        "-current_price": gettext("Highest price first"),
    }
    every = gettext("All categories")
    faults = {
        name: gettext("This amount was left out: write it as 150 or 150,00.")
        for name in search.typed
        if name not in search.amounts
    }
    return [
        Field(
            name="category",
            label=gettext("Category"),
            kind="select",
            value=search.category,
            choices=[("", every), *categories().items()],
        ),
        *(
            Field(
                name=name,
                label=label,
                kind="money",
                value=search.typed.get(name, ""),
                fault=faults.get(name, ""),
            )
            for name, label in (
                ("price_min", gettext("Price from")),
                ("price_max", gettext("Price up to")),
            )
        ),
        Field(
            name="sort",
            label=gettext("Order"),
            kind="select",
            value=search.sort,
            choices=list(sorts.items()),
        ),
    ]


def _title(search: Search) -> str:
    titles = {"open": gettext("Open auctions"), "scheduled": gettext("Auctions coming soon")}
    return titles.get(search.status, gettext("Ended auctions"))
