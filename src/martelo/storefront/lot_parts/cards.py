"""Lots, as lists show them: one card, the same everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from martelo.storefront.clients.auctions import Json
from martelo.storefront.lot_parts.categories import category_name
from martelo.storefront.lot_parts.pictures import cover_address
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import format_left, read_instant

URGENT = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class LotCard:
    """One lot in a list, every text in the reader's language.

    `moment` is the instant that `moment_label` names (its end or start), `zoned_moment` the same
    with the zone's name, `left` the time until it where that counts down; `standing` is `leading`,
    `outbid`, `won` or `lost` for one's own bids, `own_amount` is labelled `own_label`.
    """

    id: str
    title: str
    cover: str
    has_picture: bool
    category: str
    status: str
    status_text: str
    price_label: str
    price: str
    bids: str
    moment: str
    zoned_moment: str
    moment_at: datetime
    moment_label: str
    left: str
    is_urgent: bool
    buy_now: str
    reserve: str
    standing: str = ""
    standing_text: str = ""
    own_label: str = ""
    own_amount: str = ""

    @property
    def address(self) -> str:
        """Return the address of the lot's page."""
        return f"/leiloes/{self.id}"


def lot_cards(items: Iterable[Json]) -> list[LotCard]:
    """Return the cards of a list's items."""
    return [lot_card(item) for item in items]


def lot_card(lot: Json) -> LotCard:
    """Return the card of a lot in short form; of one's own lists' items, with one's place."""
    status = _status(lot)
    instant = shown_instant(lot, status)
    at = read_instant(instant) or timezone.now()
    left = at - (read_instant(lot.get("server_time")) or timezone.now())
    is_counting = status in {"open", "scheduled"}
    label, price = _price(lot, status)
    standing = _standing(lot, status)
    return LotCard(
        id=str(lot["id"]),
        title=str(lot["title"]),
        cover=cover_address(lot.get("images") or ()),
        has_picture=bool(lot.get("images")),
        category=category_name(lot.get("category")),
        status=status,
        status_text=_status_texts()[status],
        price_label=label,
        price=error_texts.money(price),
        bids=bids_text(int(lot.get("bid_count", 0))),
        moment=error_texts.moment(instant),
        zoned_moment=error_texts.zoned_moment(instant),
        moment_at=at,
        moment_label=_moment_labels()[status],
        left=format_left(left) if is_counting else "",
        is_urgent=status == "open" and left <= URGENT,
        buy_now=error_texts.money(lot.get("buy_now_price")) if status == "open" else "",
        reserve=_reserve_text(lot),
        standing=standing,
        standing_text=_standing_texts().get(standing, ""),
        own_label=gettext("Your ceiling") if has_ceiling(lot) else gettext("Your highest bid"),
        own_amount=error_texts.money((lot.get("you") or {}).get("max_amount")),
    )


def _standing(lot: Json, status: str) -> str:
    """Return one's place; where nobody got the lot, nobody lost it."""
    standing = str(lot.get("standing", ""))
    return "" if standing == "lost" and status != "sold" else standing


def has_ceiling(lot: Json) -> bool:
    """Return whether the reader leads and would pay more than the price.

    At the price itself the API reports a plain bid and a spent ceiling alike: neither is called a
    ceiling.
    """
    you = lot.get("you") or {}
    return bool(you.get("leading")) and you.get("max_amount") != lot.get("current_price")


def shown_instant(lot: Json, status: str) -> str:
    """Return the instant that is shown of a lot: its start, its end, or when it was sold."""
    if status == "scheduled":
        return str(lot["starts_at"])
    if status == "sold":
        return str((lot.get("result") or {}).get("closed_at") or lot["ends_at"])
    return str(lot["ends_at"])


def bids_text(count: int) -> str:
    """Return how many bids there are, in words."""
    if count == 0:
        return gettext("no bids yet")
    return ngettext("%(count)d bid", "%(count)d bids", count) % {"count": count}


def _status(lot: Json) -> str:
    """Return the status, `closing` where the end has come and the gavel has not yet fallen."""
    status = str(lot.get("status", "open"))
    return "closing" if status == "open" and not lot.get("active", True) else status


def _price(lot: Json, status: str) -> tuple[str, str | None]:
    current, starting = lot.get("current_price"), lot.get("starting_price")
    if status == "sold":
        final = (lot.get("result") or {}).get("final_price")
        return gettext("Sold for"), final or current
    if current is None:
        return gettext("Starting price"), starting
    if status in {"unsold", "cancelled"}:
        return gettext("Highest bid"), current
    return gettext("Current bid"), current


def _reserve_text(lot: Json) -> str:
    texts = {True: gettext("Reserve met"), False: gettext("Reserve not met")}
    met = lot.get("reserve_met")
    return "" if met is None else texts[bool(met)]


def _status_texts() -> dict[str, str]:
    return {
        "open": gettext("Open"),
        "closing": gettext("The gavel is falling"),
        "scheduled": gettext("Coming soon"),
        "sold": gettext("Sold"),
        "unsold": gettext("Not sold"),
        "cancelled": gettext("Cancelled"),
    }


def _moment_labels() -> dict[str, str]:
    ended = gettext("Ended on")
    return {
        "open": gettext("Ends in"),
        "closing": ended,
        "scheduled": gettext("Starts in"),
        "sold": ended,
        "unsold": ended,
        "cancelled": gettext("Was to end"),
    }


def _standing_texts() -> dict[str, str]:
    return {
        "leading": gettext("You lead"),
        "outbid": gettext("You were outbid"),
        "won": gettext("You won"),
        "lost": gettext("Not yours this time"),
    }
