"""A lot's page over HTTP, and the forms on it: bid, ceiling, buy now.

Every form is a plain one, answered with a redirect or with the page that says why not. A script
that sends it asks for JSON and gets the same texts, with 200 even for a refusal: browsers log any
other status as an error of the page, which it is not.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext

from martelo.runtime.identity.tokens import MAX_TICKET_S
from martelo.storefront.clients.auctions import OUTCOME_UNKNOWN, ApiResponse, Json
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.lot_page.page import OVER, Attempt, field_value, lot_page
from martelo.storefront.lot_page.report import LotReport, has_just_ended, lot_report
from martelo.storefront.lot_page.texts import lot_texts
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.formatting import parse_money
from martelo.storefront.web.answers import see_other
from martelo.storefront.web.form_keys import new_key, read_key
from martelo.storefront.web.visitors import person_of, ticket_of, token_of

NEEDS_CONFIRMATION = error_texts.NEEDS_CONFIRMATION
FIELDS = {"bid": "amount", "ceiling": "max_amount"}
KEY_REUSED = "idempotency-key-reused"
MAX_TYPED_LENGTH = 32
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class LotViews:
    """The views of one lot."""

    dependencies: Dependencies

    def show(self, request: HttpRequest, auction_id: str) -> HttpResponse:
        """Show a lot, or to a script only its report; `valor` in the address is an amount."""
        if request.headers.get("X-Fragment") == "report":
            page = self._show_report(request, auction_id)
        else:
            typed = _short(request.GET.get("valor", ""))
            page = self._show(request, auction_id, Attempt(form="bid", typed=typed))
        patch_vary_headers(page, ["X-Fragment"])
        return page

    def bid(self, request: HttpRequest, auction_id: str) -> HttpResponse:
        """Place a bid, with an amount or with a ceiling."""
        form = "ceiling" if FIELDS["ceiling"] in request.POST else "bid"
        typed = request.POST.get(FIELDS[form], "").strip()
        token = token_of(request, self.dependencies)
        if token is None:
            return _sign_in(request, auction_id, typed if form == "bid" else "")
        key = read_key(request.POST)
        amount = parse_money(typed, get_language() or "")
        if amount is None:
            refused = ApiResponse(HTTPStatus.BAD_REQUEST, {"type": "/problems/invalid-amount"})
            return self._refuse(request, auction_id, Attempt(form=form, typed=typed), refused, key)
        wanted = {"auction_id": auction_id, FIELDS[form]: amount}
        if request.POST.get("confirm") == amount:
            wanted["confirm_amount"] = amount
        answer = self.dependencies.auctions.place_bid(wanted, token, key)
        if answer.is_good:
            return _accept(request, auction_id, answer, _bid_text(answer.body, form, amount))
        return self._refuse(request, auction_id, Attempt(form=form, typed=typed), answer, key)

    def buy(self, request: HttpRequest, auction_id: str) -> HttpResponse:
        """Buy at the buy-now price."""
        token = token_of(request, self.dependencies)
        if token is None:
            return _sign_in(request, auction_id, "")
        key = read_key(request.POST)
        answer = self.dependencies.auctions.buy_now(auction_id, token, key)
        if answer.is_good:
            price = error_texts.money(answer.body.get("current_price"))
            text = gettext("The lot is yours for {amount}.").format(amount=price)
            return _accept(request, auction_id, answer, text)
        return self._refuse(request, auction_id, Attempt(form="buy"), answer, key)

    def extend(self, request: HttpRequest, auction_id: str) -> HttpResponse:
        """Move the end, for an administrator; the API decides who is one."""
        token = token_of(request, self.dependencies)
        if token is None:
            return _sign_in(request, auction_id, "")
        change = {"minutes": _number(request, "minutes"), "reason": request.POST.get("reason", "")}
        key = read_key(request.POST)
        answer = self.dependencies.auctions.extend_auction(auction_id, change, token, key)
        return _report(request, auction_id, answer, gettext("The end was moved."))

    def void(self, request: HttpRequest, auction_id: str) -> HttpResponse:
        """Void a bidder's bids, for an administrator; the API decides who is one."""
        token = token_of(request, self.dependencies)
        if token is None:
            return _sign_in(request, auction_id, "")
        voiding = {"number": _number(request, "number"), "reason": request.POST.get("reason", "")}
        key = read_key(request.POST)
        answer = self.dependencies.auctions.void_bids(auction_id, voiding, token, key)
        return _report(request, auction_id, answer, gettext("The bids were voided."))

    def ticket(self, request: HttpRequest) -> HttpResponse:
        """Give the page's script what it bids with over a socket; `null` to who is not signed in.

        No other site can get it: the cookie is not sent along, nor is the answer shown to it.
        """
        ticket = {
            "ticket": ticket_of(request, self.dependencies),
            "expires_in": MAX_TICKET_S,
        }
        return JsonResponse(ticket)

    def _refuse(
        self, request: HttpRequest, auction_id: str, attempt: Attempt, answer: ApiResponse, key: str
    ) -> HttpResponse:
        """Say why not, with an acceptable amount, and the key if the outcome is open."""
        explained = error_texts.explain(answer)
        text = _reused_text() if answer.slug == KEY_REUSED else explained.text
        next_key = key if answer.slug == OUTCOME_UNKNOWN else ""
        accepted = field_value(explained.accepted) if explained.accepted else ""
        refused_attempt = Attempt(
            form=attempt.form,
            typed=accepted or attempt.typed,
            key=next_key,
            fault=text,
            confirm=answer.body["amount"] if answer.slug == NEEDS_CONFIRMATION else "",
        )
        if _is_script(request):
            refusal = {
                "slug": answer.slug,
                "text": text,
                "accepted": accepted,
                "key": next_key or new_key(),
                "problem": answer.body,
            }
            if refused_attempt.confirm:
                refusal |= {
                    "confirm": refused_attempt.confirm,
                    "confirm_text": refused_attempt.confirm_text,
                }
            return JsonResponse(refusal)
        return self._show(request, auction_id, refused_attempt, status=answer.status)

    def _show(
        self, request: HttpRequest, auction_id: str, attempt: Attempt, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        answer = self.dependencies.auctions.read_auction(
            auction_id, token_of(request, self.dependencies)
        )
        if not answer.is_good:
            return _absent(request, answer)
        page = lot_page(answer.body, person_of(request))
        minimum = field_value(page.minimum)
        facts = {
            "lot": page,
            "report": self._report_of(answer.body),
            "attempt": attempt,
            "amount": attempt.typed if attempt.form == "bid" and attempt.typed else minimum,
            "ceiling": attempt.typed if attempt.form == "ceiling" else "",
            "bid_key": _key_of(attempt, "bid"),
            "ceiling_key": _key_of(attempt, "ceiling"),
            "buy_key": _key_of(attempt, "buy"),
            "extend_key": new_key(),
            "void_key": new_key(),
        }
        return render(request, "lot_page/lot.html", facts, status=status)

    def _show_report(self, request: HttpRequest, auction_id: str) -> HttpResponse:
        """Show the report's state; nothing while the agent does not answer."""
        report = lot_report(self.dependencies.reports.read(auction_id))
        if report is None:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return render(request, "lot_page/report.html", {"report": report})

    def _report_of(self, lot: Json) -> LotReport | None:
        """Return the report of an auction, where it is over and there is something to say."""
        if lot["status"] not in OVER:
            return None
        report = lot_report(self.dependencies.reports.read(str(lot["id"])))
        if report is not None and report.is_coming and not has_just_ended(lot):
            return None
        return report


def _absent(request: HttpRequest, answer: ApiResponse) -> HttpResponse:
    """Answer with a page of its own where the lot is unknown or cannot be read."""
    is_unknown = answer.status == HTTPStatus.NOT_FOUND
    status = HTTPStatus.NOT_FOUND if is_unknown else HTTPStatus.SERVICE_UNAVAILABLE
    page = render(request, "lot_page/lot_absent.html", {"is_unknown": is_unknown}, status=status)
    if not is_unknown:
        page["Retry-After"] = "5"
    return page


def _accept(request: HttpRequest, auction_id: str, answer: ApiResponse, text: str) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"text": text, "key": new_key(), "answer": answer.body})
    messages.success(request, text)
    return see_other(f"/leiloes/{auction_id}")


def _number(request: HttpRequest, field: str) -> int:
    """Return a form's whole number; 0, which the API refuses, for anything else."""
    typed = request.POST.get(field, "").strip()
    return int(typed) if WHOLE_NUMBER.fullmatch(typed) else 0


def _report(request: HttpRequest, auction_id: str, answer: ApiResponse, done: str) -> HttpResponse:
    """Lead back to the lot, with what an administrator's change came to."""
    if answer.is_good:
        messages.success(request, done)
    else:
        explained = error_texts.explain(answer)
        messages.error(request, " ".join(explained.fields.values()) or explained.text)
    return see_other(f"/leiloes/{auction_id}")


def _bid_text(bid: Json, form: str, amount: str) -> str:
    texts = lot_texts()
    price = error_texts.money(bid.get("current_price"))
    if bid.get("outcome") != "leading":
        return texts["accepted_outbid"].format(amount=price)
    leading = texts["accepted_leading"].format(amount=price)
    if form == "bid":
        return leading
    return f"{leading} {texts['accepted_raise'].format(amount=error_texts.money(amount))}"


def _reused_text() -> str:
    return gettext(
        "An earlier bid from this form went through already; look at the history. "
        "To bid once more, press the button again."
    )


def _sign_in(request: HttpRequest, auction_id: str, typed: str) -> HttpResponse:
    """Send to the sign-in page, which leads back to the lot with the amount as typed."""
    back = f"/leiloes/{auction_id}" + (f"?{urlencode({'valor': _short(typed)})}" if typed else "")
    address = f"/entrar?{urlencode({'next': back})}"
    if _is_script(request):
        return JsonResponse({"slug": "not-signed-in", "address": address})
    return see_other(address)


def _short(typed: str) -> str:
    """Return an amount that an address may hold; nothing for a longer one, which is never cut."""
    return typed if len(typed) <= MAX_TYPED_LENGTH else ""


def _is_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _key_of(attempt: Attempt, form: str) -> str:
    return (attempt.key if attempt.form == form else "") or new_key()
