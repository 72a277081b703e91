"""Ends of auctions, as administrators move them: all at once, or those that an outage hit."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy, ngettext

from martelo.storefront.clients.auctions import ApiResponse, Json
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts import error_texts
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.web.access import administrators_only
from martelo.storefront.web.answers import see_other
from martelo.storefront.web.form_keys import new_key, read_key
from martelo.storefront.web.forms import Form
from martelo.storefront.web.visitors import token_of

ADDRESS = "/administracao/leiloes"
MAX_MINUTES = 43_200


class ExtensionForm(Form):
    """By how long ends are moved, and why."""

    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=MAX_MINUTES, initial=30
    )
    reason = forms.CharField(label=gettext_lazy("Reason, which everyone sees"), max_length=500)

    def __init__(self, *arguments: object, place: str = "", **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type] # those of `Form`
        # Several of these forms are on one page.
        self.auto_id = f"field-{place}-%s" if place else "field-%s"


@dataclass(frozen=True)
class Outage:
    """An outage as the page shows it, with the form that makes up for it."""

    id: str
    text: str
    button: str
    form: ExtensionForm


@dataclass(frozen=True)
class AuctionViews:
    """The views of ends."""

    dependencies: Dependencies

    @administrators_only
    def show(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Show the outages that hit auctions, and the form that moves all ends."""
        return self._page(request, ExtensionForm())

    @administrators_only
    def extend_all(self, request: HttpRequest, _session: Session) -> HttpResponse:
        """Move the ends of all active auctions."""
        form = ExtensionForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, HTTPStatus.BAD_REQUEST)
        key = read_key(request.POST)
        answer = self.dependencies.auctions.extend_all(form.cleaned_data, self._token(request), key)
        if not answer.is_good:
            form.attach_refusal(answer)
            return self._page(request, form, HTTPStatus(answer.status))
        _report(request, answer)
        return see_other(ADDRESS)

    @administrators_only
    def extend_after_outage(
        self, request: HttpRequest, _session: Session, outage_id: str
    ) -> HttpResponse:
        """Move the ends that an outage hit."""
        form = ExtensionForm(request.POST)
        if not form.is_valid():
            messages.error(request, gettext("Say by how many minutes, and why."))
            return see_other(ADDRESS)
        answer = self.dependencies.auctions.extend_after_outage(
            outage_id, form.cleaned_data, self._token(request)
        )
        _report(request, answer)
        return see_other(ADDRESS)

    @administrators_only
    def dismiss(self, request: HttpRequest, _session: Session, outage_id: str) -> HttpResponse:
        """Leave the ends that an outage hit as they are."""
        answer = self.dependencies.auctions.dismiss_outage(outage_id, self._token(request))
        if answer.is_good:
            messages.success(request, gettext("The ends stay as they are."))
        else:
            messages.error(request, explain(answer).text)
        return see_other(ADDRESS)

    def _page(
        self, request: HttpRequest, form: ExtensionForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        answer = self.dependencies.auctions.list_outages(self._token(request))
        facts = {
            "form": form,
            "key": new_key(),
            "outages": list(_outages(answer.items)) if answer.is_good else [],
            "trouble": "" if answer.is_good else explain(answer).text,
        }
        return render(request, "administration/auctions.html", facts, status=status)

    def _token(self, request: HttpRequest) -> str:
        return token_of(request, self.dependencies) or ""


def _outages(items: list[Json]) -> Iterator[Outage]:
    for each in items:
        count = len(each["auction_ids"])
        text = ngettext(
            "From {begin} to {end} nobody could bid. {count} auction lost part of its last ten "
            "minutes.",
            "From {begin} to {end} nobody could bid. {count} auctions lost part of their last ten "
            "minutes.",
            count,
        )
        button = ngettext("Move {count} end", "Move {count} ends", count)
        known = {"minutes": each["minutes"], "reason": gettext("The site was down.")}
        yield Outage(
            id=str(each["id"]),
            text=text.format(
                begin=error_texts.moment(each["from"]),
                end=error_texts.moment(each["to"]),
                count=count,
            ),
            button=button.format(count=count),
            form=ExtensionForm(initial=known, place=str(each["id"])),
        )


def _report(request: HttpRequest, answer: ApiResponse) -> None:
    if not answer.is_good:
        messages.error(request, explain(answer).text)
        return
    count = len(answer.body["extended"])
    text = ngettext("{count} end was moved.", "{count} ends were moved.", count)
    messages.success(request, text.format(count=count))
