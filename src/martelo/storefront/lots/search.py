"""Which lots a list shows: what its address says, and the links to other lists."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from martelo.storefront.lots.forms import AMOUNTS, FilterForm
from martelo.storefront.web.links import Tab, with_query

ENDED = ("sold", "unsold", "cancelled")
STATUSES = ("open", "scheduled", *ENDED)
SORTS = ("ends_at", "-created_at", "-bid_count", "current_price", "-current_price")
MAX_TEXT_LENGTH = 200
MAX_CURSOR_LENGTH = 200


@dataclass(frozen=True)
class Search:
    """Which lots are listed; `form` holds what was typed, `category` and `amounts` what is valid.

    `amounts` are the API's `price_min` and `price_max`, as far as they were given.
    """

    status: str
    sort: str
    text: str
    category: str
    amounts: Mapping[str, str]
    cursor: str
    form: FilterForm

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
        """Return the address of the list's first page, with some values changed."""
        parameters = {
            "q": self.text,
            "category": self.category,
            **{name: str(self.form[name].value()) for name in AMOUNTS},
            "sort": "" if self.sort == _usual_sort(self.status) else self.sort,
            "status": "" if self.status == "open" else self.status,
        }
        return with_query("/leiloes", {**parameters, **changed})

    def tabs(self) -> list[Tab]:
        """Return the links to lots that are open, to come and over."""
        has_ended = self.status in ENDED
        labels = {"": gettext("Open now"), "scheduled": gettext("Coming soon")}
        return [
            *(
                Tab(label, self.address(status=status, sort=""), self.status == (status or "open"))
                for status, label in labels.items()
            ),
            Tab(gettext("Ended"), self.address(status="sold", sort=""), has_ended),
        ]

    def result_tabs(self) -> list[Tab]:
        """Return the links to lots by how they ended; none where the list is of other lots."""
        labels = {
            "sold": gettext("Sold"),
            "unsold": gettext("Not sold"),
            "cancelled": gettext("Cancelled"),
        }
        return [
            Tab(label, self.address(status=status), self.status == status)
            for status, label in labels.items()
            if self.status in ENDED
        ]

    def title(self) -> str:
        """Return the list's title."""
        titles = {"open": gettext("Open auctions"), "scheduled": gettext("Auctions coming soon")}
        return titles.get(self.status, gettext("Ended auctions"))


def read_search(query: Mapping[str, str]) -> Search:
    """Return what a query string asks for; invalid values are left out."""
    status, sort = query.get("status", ""), query.get("sort", "")
    status = status if status in STATUSES else "open"
    sort = sort if sort in SORTS else _usual_sort(status)
    typed = {name: query.get(name, "").strip() for name in ("category", *AMOUNTS)}
    form = FilterForm({**typed, "sort": sort})
    form.full_clean()
    return Search(
        status=status,
        sort=sort,
        text=" ".join(query.get("q", "").replace("\0", "").split())[:MAX_TEXT_LENGTH],
        category=form.cleaned_data.get("category", ""),
        amounts={name: text for name in AMOUNTS if (text := form.cleaned_data.get(name))},
        cursor=query.get("cursor", "")[:MAX_CURSOR_LENGTH],
        form=form,
    )


def _usual_sort(status: str) -> str:
    # What ended last comes first; the API orders what ended by its creation.
    return "-created_at" if status in ENDED else "ends_at"
