"""Selling: a form, its preview, and what may be changed before the first bid."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext

from martelo.runtime.problems.refusals import NotFound
from martelo.storefront.clients.auctions import ApiResponse, Json
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.lots.cards import LotCard, lot_card
from martelo.storefront.lots.description import describe
from martelo.storefront.lots.pictures import thumbnail_address
from martelo.storefront.selling.form import (
    MAX_PICTURES,
    SECONDS,
    LotForm,
    length_text,
    new_form,
    price_fields,
    read_change,
    read_draft,
    read_form,
    text_fields,
    time_fields,
    with_pictures,
)
from martelo.storefront.selling.uploads import upload
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.texts.formatting import read_instant, write_instant
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.safe_paths import see_other
from martelo.storefront.web.visitors import token_of

Faults = Mapping[str, str]


@dataclass(frozen=True)
class SellingViews:
    """The views of the seller."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the empty form."""
        return self._form(request, session, new_form(), {})

    @signed_in
    def send(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Take the form: show its preview, show it again, or make the lot."""
        form, faults = self._receive(request)
        zone = timezone.get_current_timezone()
        draft, wrong = read_draft(form, get_language() or "", zone)
        faults = {**wrong, **faults}
        step = request.POST.get("step")
        if step == "edit":
            return self._form(request, session, form, {})
        if faults:
            return self._form(request, session, form, faults, HTTPStatus.BAD_REQUEST)
        if step != "publish":
            return self._preview(request, session, form)
        token = token_of(request, self.dependencies) or ""
        answer = self.dependencies.auctions.create_auction(draft, token, form.key)
        if answer.is_good:
            messages.success(request, gettext("Your lot is up. Good luck!"))
            return see_other(f"/leiloes/{answer.body['id']}")
        return self._refused(request, session, form, answer)

    @signed_in
    def show_edit(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Show the texts and pictures of one's own lot, to be changed."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        typed = {name: lot.get(name) or "" for name in ("title", "description", "category")}
        image_ids = tuple(str(each["id"]) for each in lot.get("images") or ())
        form = LotForm(typed, image_ids, secrets.token_urlsafe(24))
        return self._edit_page(request, lot, form, {})

    @signed_in
    def edit(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Change the texts and pictures of one's own lot."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        form, faults = self._receive(request)
        if faults:
            return self._edit_page(request, lot, form, faults, status=HTTPStatus.BAD_REQUEST)
        token = token_of(request, self.dependencies) or ""
        answer = self.dependencies.auctions.edit_auction(auction_id, read_change(form), token)
        if answer.is_good:
            messages.success(request, gettext("Your lot was changed."))
            return see_other(f"/leiloes/{auction_id}")
        told = explain(answer)
        faults = {**told.fields, "pictures": told.fields.get("image_ids", ""), "": told.text}
        return self._edit_page(request, lot, form, faults, status=_page_status(answer))

    @signed_in
    def show_cancel(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Ask whether the lot shall really be cancelled."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        return _cancel_page(request, session, lot, secrets.token_urlsafe(24))

    @signed_in
    def cancel(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Cancel the lot."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        reason, key = request.POST.get("reason", "").strip(), request.POST.get("key", "")[:64]
        key = key if key.isascii() and key.isprintable() and key else secrets.token_urlsafe(24)
        token = token_of(request, self.dependencies) or ""
        answer = self.dependencies.auctions.cancel_auction(auction_id, reason, token, key)
        if answer.is_good:
            messages.success(request, gettext("Your lot was cancelled."))
            return see_other(f"/leiloes/{auction_id}")
        return _cancel_page(request, session, lot, key, answer)

    def _receive(self, request: HttpRequest) -> tuple[LotForm, dict[str, str]]:
        """Return the form with the pictures that came along stored, and what is wrong of those."""
        form = read_form(request.POST)
        files = [file for file in request.FILES.getlist("pictures") if file.size]
        if not files or self.dependencies.images is None:
            return form, {}
        token = token_of(request, self.dependencies) or ""
        room = MAX_PICTURES - len(form.image_ids)
        uploaded = upload(self.dependencies.images, files, token, form.key, room=room)
        faults = {"pictures": uploaded.fault} if uploaded.fault else {}
        return with_pictures(form, uploaded.image_ids), faults

    def _own_lot(
        self, request: HttpRequest, session: Session, auction_id: str
    ) -> Json | HttpResponse:
        """Return a lot one may change, or the page that says why not."""
        answer = self.dependencies.auctions.read_auction(
            auction_id, token_of(request, self.dependencies)
        )
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NotFound
        if not answer.is_good:
            return _sorry(request, explain(answer).text, HTTPStatus.SERVICE_UNAVAILABLE)
        is_seller = answer.body["seller"]["id"] == session.person.account_id
        if not is_seller and not session.person.is_administrator:
            refused = ApiResponse(HTTPStatus.FORBIDDEN, {"type": "/problems/not-the-seller"})
            return _sorry(request, explain(refused).text, HTTPStatus.FORBIDDEN)
        return answer.body

    def _refused(
        self, request: HttpRequest, session: Session, form: LotForm, answer: ApiResponse
    ) -> HttpResponse:
        """Show why no lot was made: faults beside their fields, the rest above the preview."""
        told = explain(answer)
        if told.fields:
            faults = {**told.fields, "pictures": told.fields.get("image_ids", ""), "": told.text}
            return self._form(request, session, form, faults, HTTPStatus.BAD_REQUEST)
        if answer.slug == "idempotency-key-reused":
            form = LotForm(form.typed, form.image_ids, secrets.token_urlsafe(24))
        return self._preview(request, session, form, answer)

    def _form(
        self,
        request: HttpRequest,
        session: Session,
        form: LotForm,
        faults: Faults,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        zone = timezone.get_current_timezone_name()
        facts = {
            **self._picture_facts(form, faults),
            "texts": text_fields(form, faults),
            "prices": price_fields(form, faults),
            "times": time_fields(form, faults, zone),
            "trouble": _summary(faults),
            "card": self._card(session, form, {}),
        }
        return render(request, "selling/sell.html", facts, status=status)

    def _preview(
        self,
        request: HttpRequest,
        session: Session,
        form: LotForm,
        refusal: ApiResponse | None = None,
    ) -> HttpResponse:
        zone = timezone.get_current_timezone()
        draft, _ = read_draft(form, get_language() or "", zone)
        facts = {
            "form": form,
            "draft": draft,
            "card": self._card(session, form, draft),
            "description": describe(str(draft.get("description", ""))),
            "pictures": [thumbnail_address(each) for each in form.image_ids],
            "lengths": {name: length_text(draft[name]) for name in SECONDS if draft.get(name)},
            "trouble": explain(refusal).text if refusal else "",
        }
        status = _page_status(refusal)
        return render(request, "selling/sell_preview.html", facts, status=status)

    def _edit_page(
        self,
        request: HttpRequest,
        lot: Json,
        form: LotForm,
        faults: Faults,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        is_fixed = lot["bid_count"] > 0 or lot["status"] not in {"open", "scheduled"}
        facts = {
            **self._picture_facts(form, faults),
            "lot": lot,
            "is_fixed": is_fixed,
            "texts": text_fields(form, faults),
            "trouble": _summary(faults),
        }
        return render(request, "selling/edit_lot.html", facts, status=status)

    def _picture_facts(self, form: LotForm, faults: Faults) -> dict[str, object]:
        return {
            "form": form,
            "takes_pictures": self.dependencies.images is not None,
            "pictures": [(each, thumbnail_address(each)) for each in form.image_ids],
            "picture_fault": faults.get("pictures", ""),
            "most_pictures": MAX_PICTURES,
        }

    def _card(self, session: Session, form: LotForm, draft: Json) -> LotCard:
        now = write_instant(self.dependencies.now())
        is_later = draft.get("starts_at", now) > now
        ends_at = draft.get("ends_at")
        if ends_at is None:
            ends_at = _end_after(draft.get("starts_at", now), draft.get("duration_s", 0))
        return lot_card(
            {
                "id": "",
                "title": draft.get("title") or form.typed.get("title") or gettext("Your title"),
                "category": draft.get("category"),
                "images": [{"thumbnail_url": thumbnail_address(each)} for each in form.image_ids],
                "seller": {"id": session.person.account_id, "name": session.person.name},
                "status": "scheduled" if is_later else "open",
                "active": not is_later,
                "starting_price": draft.get("starting_price"),
                "current_price": None,
                "bid_count": 0,
                "buy_now_price": draft.get("buy_now_price"),
                "reserve_met": False if draft.get("reserve_price") else None,
                "starts_at": draft.get("starts_at", now),
                "ends_at": ends_at,
                "server_time": now,
            }
        )


def _end_after(starts_at: str, duration_s: int) -> str:
    start = read_instant(starts_at) or timezone.now()
    return write_instant(start + timedelta(seconds=duration_s))


def _summary(faults: Faults) -> str:
    if faults.get(""):
        return faults[""]
    return gettext("Please check the fields marked below.") if any(faults.values()) else ""


def _page_status(answer: ApiResponse | None) -> HTTPStatus:
    """Return the status of the page that shows a refusal, which is the refusal's own."""
    if answer is None:
        return HTTPStatus.OK
    try:
        return HTTPStatus(answer.status)
    except ValueError:
        return HTTPStatus.BAD_GATEWAY


def _sorry(request: HttpRequest, text: str, status: HTTPStatus) -> HttpResponse:
    return render(request, "web/sorry.html", {"text": text}, status=status)


def _cancel_page(
    request: HttpRequest, session: Session, lot: Json, key: str, refusal: ApiResponse | None = None
) -> HttpResponse:
    is_seller = lot["seller"]["id"] == session.person.account_id
    facts = {
        "lot": lot,
        "key": key,
        "trouble": explain(refusal).text if refusal else "",
        "needs_reason": not is_seller,
        "is_fixed": is_seller and lot["bid_count"] > 0,
    }
    return render(request, "selling/cancel_lot.html", facts, status=_page_status(refusal))
