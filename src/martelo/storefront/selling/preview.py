"""How a lot will look once it is published."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from martelo.storefront.clients.auctions import Json
from martelo.storefront.lot_parts.cards import LotCard, lot_card
from martelo.storefront.lot_parts.description import describe
from martelo.storefront.selling.forms import LotForm, length_text
from martelo.storefront.sessions.sessions import Person
from martelo.storefront.texts.formatting import read_instant, write_instant


@dataclass(frozen=True)
class LotPreview:
    """A lot that is not published yet; `length` is its duration in words, empty with a set end."""

    draft: Json
    card: LotCard
    description: SafeString
    length: str


def lot_preview(form: LotForm, seller: Person, now: datetime) -> LotPreview:
    """Return the preview of what a valid form asks for."""
    draft = form.draft()
    return LotPreview(
        draft=draft,
        card=draft_card(form, draft, seller, now),
        description=describe(str(draft.get("description", ""))),
        length=length_text(draft["duration_s"]) if "duration_s" in draft else "",
    )


def draft_card(form: LotForm, draft: Json, seller: Person, now: datetime) -> LotCard:
    """Return the card of a draft, which may lack anything."""
    now_text = write_instant(now)
    starts_at = draft.get("starts_at", now_text)
    is_later = starts_at > now_text
    ends_at = draft.get("ends_at") or _end_after(starts_at, draft.get("duration_s", 0), now)
    return lot_card(
        {
            "id": "",
            "title": form["title"].value() or gettext("Your title"),
            "category": draft.get("category"),
            "images": [{"thumbnail_url": address} for _, address in form.thumbnails],
            "seller": {"id": seller.account_id, "name": seller.name},
            "status": "scheduled" if is_later else "open",
            "active": not is_later,
            "starting_price": draft.get("starting_price"),
            "current_price": None,
            "bid_count": 0,
            "buy_now_price": draft.get("buy_now_price"),
            "reserve_met": False if draft.get("reserve_price") else None,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "server_time": now_text,
        }
    )


def _end_after(starts_at: str, duration_s: int, now: datetime) -> str:
    start = read_instant(starts_at) or now
    return write_instant(start + timedelta(seconds=duration_s))
