"""Selling: a form, its preview, and what may be changed before the first bid."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.runtime.problems.refusals import NotFound
from martelo.storefront.clients.auctions import ApiResponse, Json
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.selling.forms import (
    MAX_PICTURES,
    TEXTS,
    CancelForm,
    LotForm,
    LotTextsForm,
)
from martelo.storefront.selling.preview import draft_card, lot_preview
from martelo.storefront.selling.uploads import upload
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.web.access import signed_in
from martelo.storefront.web.answers import refused_page, see_other, status_of
from martelo.storefront.web.visitors import token_of


@dataclass(frozen=True)
class SellingViews:
    """The views of the seller."""

    dependencies: Dependencies

    @signed_in
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the empty form."""
        return self._form_page(request, session, LotForm())

    @signed_in
    def send(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Take the form: show its preview, show it again, or make the lot."""
        form = LotForm(request.POST, request.FILES)
        self._store_pictures(request, form)
        step = request.POST.get("step")
        if step == "edit":
            return self._form_page(request, session, form.reopened())
        if not form.is_valid():
            return self._form_page(request, session, form, HTTPStatus.BAD_REQUEST)
        if step != "publish":
            return self._preview_page(request, session, form)
        answer = self.dependencies.auctions.create_auction(
            form.draft(), self._token(request), form.key
        )
        if answer.is_good:
            messages.success(request, gettext("Your lot is up. Good luck!"))
            return see_other(f"/leiloes/{answer.body['id']}")
        if answer.errors:
            form.attach_refusal(answer)
            return self._form_page(request, session, form, status_of(answer))
        return self._preview_page(request, session, form, answer)

    @signed_in
    def show_edit(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Show the texts and pictures of one's own lot, to be changed."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        texts = {name: lot.get(name) or "" for name in TEXTS}
        image_ids = [str(each["id"]) for each in lot.get("images") or ()]
        return self._edit_page(request, lot, LotTextsForm(initial=texts, image_ids=image_ids))

    @signed_in
    def edit(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Change the texts and pictures of one's own lot."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        form = LotTextsForm(request.POST, request.FILES)
        self._store_pictures(request, form)
        if not form.is_valid():
            return self._edit_page(request, lot, form, HTTPStatus.BAD_REQUEST)
        answer = self.dependencies.auctions.edit_auction(
            auction_id, form.change(), self._token(request)
        )
        if answer.is_good:
            messages.success(request, gettext("Your lot was changed."))
            return see_other(f"/leiloes/{auction_id}")
        form.attach_refusal(answer)
        return self._edit_page(request, lot, form, status_of(answer))

    @signed_in
    def show_cancel(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Ask whether the lot shall really be cancelled."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        form = CancelForm(needs_reason=not _is_seller(lot, session))
        return _cancel_page(request, session, lot, form)

    @signed_in
    def cancel(self, request: HttpRequest, session: Session, auction_id: str) -> HttpResponse:
        """Cancel the lot."""
        lot = self._own_lot(request, session, auction_id)
        if isinstance(lot, HttpResponse):
            return lot
        form = CancelForm(request.POST, needs_reason=not _is_seller(lot, session))
        if not form.is_valid():
            return _cancel_page(request, session, lot, form, HTTPStatus.BAD_REQUEST)
        answer = self.dependencies.auctions.cancel_auction(
            auction_id, form.cleaned_data["reason"], self._token(request), form.key
        )
        if answer.is_good:
            messages.success(request, gettext("Your lot was cancelled."))
            return see_other(f"/leiloes/{auction_id}")
        form.attach_refusal(answer)
        return _cancel_page(request, session, lot, form, status_of(answer))

    def _token(self, request: HttpRequest) -> str:
        return token_of(request, self.dependencies) or ""

    def _store_pictures(self, request: HttpRequest, form: LotTextsForm) -> None:
        """Store the pictures that came with a form, and attach why one was not."""
        files = [file for file in request.FILES.getlist("pictures") if file.size]
        if not files or self.dependencies.images is None:
            return
        room = MAX_PICTURES - len(form.image_ids)
        token = self._token(request)
        uploaded = upload(self.dependencies.images, files, token, form.key, room=room)
        form.add_pictures(uploaded.image_ids)
        if uploaded.fault:
            form.add_error("pictures", uploaded.fault)

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
            return refused_page(request, explain(answer).text, HTTPStatus.SERVICE_UNAVAILABLE)
        if not _is_seller(answer.body, session) and not session.person.is_administrator:
            refused = ApiResponse(HTTPStatus.FORBIDDEN, {"type": "/problems/not-the-seller"})
            return refused_page(request, explain(refused).text, HTTPStatus.FORBIDDEN)
        return answer.body

    def _form_page(
        self,
        request: HttpRequest,
        session: Session,
        form: LotForm,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        facts = {
            "form": form,
            "takes_pictures": self.dependencies.images is not None,
            "card": draft_card(form, {}, session.person, self.dependencies.now()),
        }
        return render(request, "selling/sell.html", facts, status=status)

    def _preview_page(
        self,
        request: HttpRequest,
        session: Session,
        form: LotForm,
        refusal: ApiResponse | None = None,
    ) -> HttpResponse:
        """Show the preview, with why no lot was made."""
        preview = lot_preview(form, session.person, self.dependencies.now())
        if refusal and refusal.slug == "idempotency-key-reused":
            form = form.reopened(has_new_key=True)
        facts = {
            "form": form,
            "preview": preview,
            "card": preview.card,
            "trouble": explain(refusal).text if refusal else "",
        }
        status = status_of(refusal) if refusal else HTTPStatus.OK
        return render(request, "selling/sell_preview.html", facts, status=status)

    def _edit_page(
        self,
        request: HttpRequest,
        lot: Json,
        form: LotTextsForm,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        facts = {
            "form": form,
            "takes_pictures": self.dependencies.images is not None,
            "lot": lot,
            "is_fixed": lot["bid_count"] > 0 or lot["status"] not in {"open", "scheduled"},
        }
        return render(request, "selling/edit_lot.html", facts, status=status)


def _is_seller(lot: Json, session: Session) -> bool:
    return bool(lot["seller"]["id"] == session.person.account_id)


def _cancel_page(
    request: HttpRequest,
    session: Session,
    lot: Json,
    form: CancelForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    is_fixed = _is_seller(lot, session) and lot["bid_count"] > 0
    facts = {"lot": lot, "form": form, "is_fixed": is_fixed}
    return render(request, "selling/cancel_lot.html", facts, status=status)
