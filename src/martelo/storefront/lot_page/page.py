"""A lot's page: from what the API says to what is shown, and what its script begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from martelo.kernel.money import format_amount, parse_amount
from martelo.storefront.clients.auctions import Json
from martelo.storefront.lot_page.texts import lot_texts
from martelo.storefront.lot_parts.cards import has_ceiling, shown_instant
from martelo.storefront.lot_parts.categories import category_name
from martelo.storefront.lot_parts.description import describe
from martelo.storefront.sessions.sessions import Person
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import format_left, format_number, read_instant

URGENT = timedelta(minutes=1)
OVER = ("sold", "unsold", "cancelled")
QUICK_STEPS = (1, 2, 5)
USUAL_STEPS = (
    (1, 5),
    (100, 25),
    (500, 50),
    (2_500, 100),
    (10_000, 250),
    (25_000, 500),
    (50_000, 1_000),
    (100_000, 2_500),
    (250_000, 5_000),
    (500_000, 10_000),
)
"""`(price from, step)` in centavos, to suggest amounts before the first bid.

Only suggestions: the API's `minimum_bid` decides.
"""
_NOT_FOR_SCRIPT = ("description", "images", "title")


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What a person tried on this page: in which form, what they typed, and why it was refused.

    `form` is `bid`, `ceiling` or `buy`; `key` is what the form is sent with again, `confirm` an
    amount of the API that it confirms if it is.
    """

    form: str = ""
    typed: str = ""
    key: str = ""
    fault: str = ""
    confirm: str = ""

    @property
    def confirm_text(self) -> str:
        """Return what the button says that confirms the amount."""
        return lot_texts()["confirm"].format(amount=error_texts.money(self.confirm))


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture of the gallery."""

    address: str
    thumbnail: str


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One bid of the history; `place` is its number among all public entries."""

    place: int
    name: str
    number: str
    is_own: bool
    amount: str
    is_automatic: bool
    is_voided: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class BidderStatus:
    """Whether the reader leads, or how it ended: a mark, and two lines."""

    mark: str
    title: str
    more: str


@dataclass(frozen=True, kw_only=True)
class LotPage:
    """Everything the template writes; amounts and instants in the reader's form."""

    id: str
    title: str
    category: str
    category_slug: str
    pictures: list[Picture]
    description: str
    seller: str
    phase: str
    price_label: str
    price: str
    bids: str
    reserve_mark: str
    reserve: str
    viewers: str
    time_label: str
    time_at: datetime
    time_left: str
    time_moment: str
    time_zone: str
    is_urgent: bool
    standing: BidderStatus
    is_own: bool
    is_leading: bool
    is_excluded: bool
    can_edit: bool
    own_reserve: str
    minimum: str
    minimum_hint: str
    ceiling_title: str
    ceiling_hint: str
    quick: list[tuple[str, str]]
    buy_now: str
    rules: list[str]
    history: list[HistoryRow]
    has_more_history: bool
    start: dict[str, object]

    @property
    def address(self) -> str:
        """Return the page's own address."""
        return f"/leiloes/{self.id}"


def lot_page(lot: Json, person: Person | None) -> LotPage:
    """Return the page of `lot`, an auction as the API shows it to `person`."""
    texts, phase, now = lot_texts(), lot_phase(lot), _instant(lot, "server_time")
    is_own = person is not None and person.account_id == lot["seller"]["id"]
    you: Mapping[str, Any] = lot.get("you") or {}
    minimum = lot.get("minimum_bid")
    time_label, time_at = _time(lot, phase, texts)
    left = time_at - now
    label, price = _price(lot, phase, texts)
    count = int(lot["bid_count"])
    step = _step_cents(lot)
    reserve_met = lot.get("reserve_met")
    is_leading = bool(you.get("leading"))
    return LotPage(
        id=str(lot["id"]),
        title=str(lot["title"]),
        category=category_name(lot.get("category")),
        category_slug=str(lot.get("category") or ""),
        pictures=[
            Picture(address=str(each["url"]), thumbnail=str(each["thumbnail_url"]))
            for each in lot.get("images") or ()
        ],
        description=describe(str(lot.get("description") or "")),
        seller=lot["seller"]["name"] or texts["closed_account"],
        phase=phase,
        price_label=label,
        price=error_texts.money(price),
        bids="" if phase in OVER and not count else _count(texts, "bids", count),
        reserve_mark="" if reserve_met is None else "met" if reserve_met else "not-met",
        reserve=_reserve(reserve_met, texts),
        viewers=_count(texts, "viewers", int(lot.get("viewers") or 0)),
        time_label=time_label,
        time_at=time_at,
        time_left=format_left(left) if phase in {"open", "scheduled"} else "",
        time_moment=error_texts.moment(shown_instant(lot, phase)),
        time_zone=error_texts.zone(shown_instant(lot, phase)),
        is_urgent=phase == "open" and left <= URGENT,
        standing=_standing(lot, phase, texts),
        is_own=is_own,
        is_leading=is_leading,
        is_excluded=bool(you.get("voided")),
        can_edit=is_own and phase in {"open", "scheduled"} and count == 0,
        own_reserve=error_texts.money(lot.get("reserve_price")),
        minimum=str(minimum or ""),
        minimum_hint=texts["least"].format(amount=error_texts.money(minimum)),
        ceiling_title=texts["raise_ceiling" if has_ceiling(lot) else "automatic_bid"],
        ceiling_hint=_ceiling_hint(lot, you, texts),
        quick=_quick(minimum, step),
        buy_now=error_texts.money(lot.get("buy_now_price")) if _can_buy(lot, phase) else "",
        rules=_rules(lot, step),
        history=[_line(bid, you.get("number")) for bid in lot.get("bids") or ()],
        has_more_history=count > len(lot.get("bids") or ()),
        start=_start(lot, texts, step, is_own=is_own, is_signed_in=person is not None),
    )


def lot_phase(lot: Json) -> str:
    """Return the status, `closing` where the end has come and the gavel has not yet fallen."""
    status = str(lot["status"])
    return "closing" if status == "open" and not lot.get("active", True) else status


def field_value(amount: str | None) -> str:
    """Return an amount of the API as the value of a form's field."""
    return format_number(amount, get_language() or "")


def _instant(lot: Json, name: str) -> datetime:
    return read_instant(lot.get(name)) or timezone.now()


def _price(lot: Json, phase: str, texts: Mapping[str, str]) -> tuple[str, str | None]:
    current = lot.get("current_price")
    if phase == "sold":
        return texts["label_sold"], (lot.get("result") or {}).get("final_price") or current
    if current is None:
        return texts["label_starting"], lot.get("starting_price")
    is_over = phase in {"unsold", "cancelled"}
    return texts["label_highest" if is_over else "label_current"], current


def _time(lot: Json, phase: str, texts: Mapping[str, str]) -> tuple[str, datetime]:
    names = {
        "open": "ends_in",
        "scheduled": "starts_in",
        "cancelled": "was_to_end",
        "closing": "closing",
    }
    at = read_instant(shown_instant(lot, phase)) or timezone.now()
    return texts[names.get(phase, "ended")], at


def _count(texts: Mapping[str, str], name: str, count: int) -> str:
    if count == 1:
        return texts[f"{name}_one"]
    none = texts.get(f"{name}_none", "") if count == 0 else ""
    return none or ("" if count == 0 else texts[f"{name}_many"].format(count=count))


def _reserve(met: bool | None, texts: Mapping[str, str]) -> str:  # noqa: FBT001 - a field of the API
    if met is None:
        return ""
    return texts["reserve_met" if met else "reserve_not_met"]


def _standing(lot: Json, phase: str, texts: Mapping[str, str]) -> BidderStatus:
    you, result = lot.get("you") or {}, lot.get("result") or {}
    amount = error_texts.money(result.get("final_price") or lot.get("current_price"))
    if phase == "sold":
        if you:
            mark = "won" if you.get("leading") else "lost"
            return _say(texts, mark, f"{mark}_more", amount=amount)
        name = (result.get("winner") or {}).get("name") or texts["closed_account"]
        way = "sold_at_once" if result.get("sold_by") == "buy_now" else "sold_more"
        return _say(texts, "sold", way, name=name, amount=amount)
    if phase == "unsold":
        return _say(texts, "unsold", "unsold_bids" if lot["bid_count"] else "unsold_none")
    if phase == "cancelled":
        reason = result.get("reason") or ""
        return _say(texts, "cancelled", "cancelled_more" if reason else "", reason=reason)
    if phase == "scheduled":
        return _say(
            texts, "scheduled", "scheduled_more", moment=error_texts.moment(lot["starts_at"])
        )
    if not you:
        return BidderStatus(mark="", title="", more="")
    if you.get("voided"):
        return _say(texts, "voided", "voided_more")
    if you.get("leading"):
        more = "ceiling" if has_ceiling(lot) else "leading_more"
        if lot.get("reserve_met") is False:
            more = "leading_unmet"
        return _say(texts, "leading", more, amount=error_texts.money(you.get("max_amount")))
    return _say(texts, "outbid", "outbid_more", amount=error_texts.money(lot.get("minimum_bid")))


def _say(texts: Mapping[str, str], mark: str, more: str, **filled: str) -> BidderStatus:
    # A name or a reason may hold brackets of its own, so it is filled in last.
    text = texts[more].format(**filled) if more else ""
    return BidderStatus(mark=mark, title=texts[mark], more=text)


def _ceiling_hint(lot: Json, you: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    if not you.get("leading"):
        return texts["least"].format(amount=error_texts.money(lot.get("minimum_bid")))
    name = "least_raise" if has_ceiling(lot) else "least_ceiling"
    return texts[name].format(amount=error_texts.money(you.get("max_amount")))


def _can_buy(lot: Json, phase: str) -> bool:
    return phase == "open" and lot.get("buy_now_price") is not None and not lot["bid_count"]


def _step_cents(lot: Json) -> int:
    """Return the step in force: the lot's own, that of its price, or else the usual one."""
    fixed, current, minimum = (
        _cents(lot.get(name)) for name in ("min_increment", "current_price", "minimum_bid")
    )
    if fixed:
        return fixed
    if current and minimum:
        return minimum - current
    price = current or _cents(lot.get("starting_price"))
    return [step for price_from, step in USUAL_STEPS if price >= price_from][-1]


def _cents(amount: str | None) -> int:
    return (parse_amount(amount) or 0) if amount else 0


def _quick(minimum: str | None, step: int) -> list[tuple[str, str]]:
    """Return amounts some steps above the minimum, as sent and as shown."""
    if not minimum:
        return []
    amounts = [format_amount(_cents(minimum) + count * step) for count in QUICK_STEPS]
    return [(field_value(amount), error_texts.money(amount)) for amount in amounts]


def _rules(lot: Json, step: int) -> list[str]:
    return [*_price_rules(lot, step), _reserve_rule(lot), *_time_rules(lot)]


def _price_rules(lot: Json, step: int) -> list[str]:
    starting, amount = (
        error_texts.money(lot["starting_price"]),
        error_texts.money(format_amount(step)),
    )
    rules = [gettext("Bids begin at {amount}.").format(amount=starting)]
    if lot.get("min_increment"):
        text = gettext("Each bid must be at least {amount} above the price.")
    else:
        text = gettext(
            "Each bid must be at least {amount} above the price; the step grows with the price."
        )
    rules.append(text.format(amount=amount))
    if lot.get("buy_now_price") is not None:
        text = gettext("Until the first bid anyone may buy the lot at once for {amount}.")
        rules.append(text.format(amount=error_texts.money(lot["buy_now_price"])))
    return rules


def _reserve_rule(lot: Json) -> str:
    if lot.get("reserve_met") is None:
        return gettext("There is no reserve: the highest bid wins.")
    return gettext("There is a hidden reserve: if the bids do not reach it, the lot is not sold.")


def _time_rules(lot: Json) -> list[str]:
    window, cap = int(lot["soft_close_window_s"]), int(lot["soft_close_cap_s"])
    text = gettext("Bids are taken from {start} on; now the end is on {end}.")
    if lot["status"] in OVER:
        text = gettext("Bids were taken from {start} on; the end was set to {end}.")
    start, end = error_texts.moment(lot["starts_at"]), error_texts.zoned_moment(lot["ends_at"])
    rules = [text.format(start=start, end=end)]
    if window and cap:
        text = gettext(
            "A bid in the last {window} moves the end, so that {window} are left to answer it; "
            "in all by at most {cap}."
        )
        rules.append(text.format(window=_duration(window), cap=_duration(cap)))
    else:
        rules.append(gettext("The end is fixed: late bids do not move it."))
    rules.append(gettext("Bids cannot be withdrawn. Of equal bids the earlier one counts."))
    return rules


def _duration(seconds: int) -> str:
    if seconds % 60:
        text = ngettext("{count} second", "{count} seconds", seconds)
        return text.format(count=seconds)
    minutes = seconds // 60
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)


def _line(bid: Json, own: int | None) -> HistoryRow:
    number, texts = bid["bidder"]["number"], lot_texts()
    return HistoryRow(
        place=int(bid["seq"]),
        name=bid["bidder"]["name"] or texts["closed_account"],
        number=texts["number"].format(number=number),
        is_own=number == own,
        amount=error_texts.money(bid["amount"]),
        is_automatic=bool(bid["automatic"]),
        is_voided=bool(bid.get("voided")),
        at=_instant(bid, "at"),
    )


def _start(
    lot: Json, texts: Mapping[str, str], step: int, *, is_own: bool, is_signed_in: bool
) -> dict[str, object]:
    """Return what the script begins with; the texts it writes come along, translated."""
    return {
        "auction": {name: value for name, value in lot.items() if name not in _NOT_FOR_SCRIPT},
        "texts": texts,
        "refusals": error_texts.bid_refusals(),
        "language": get_language(),
        "zone": timezone.get_current_timezone_name(),
        "step": step,
        "is_own": is_own,
        "is_signed_in": is_signed_in,
    }
