"""The agent's console: effects of finished auctions, and those that wait for a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from martelo.storefront.administration.effect_search import (
    ADDRESS,
    LIST_SIZE,
    effect_tabs,
    read_cursor,
    read_effect_search,
)
from martelo.storefront.administration.effects import EffectCard, effect_card
from martelo.storefront.administration.forms import EffectFilterForm
from martelo.storefront.administration.outbox_message import OutboxEmail, OutboxPost, outbox_message
from martelo.storefront.clients.auctions import ApiResponse, Json
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.sessions.sessions import Session
from martelo.storefront.texts.error_texts import explain
from martelo.storefront.web.access import administrators_only
from martelo.storefront.web.answers import see_other, status_of
from martelo.storefront.web.content_security import FRAMED_MAIL_POLICY, POLICY
from martelo.storefront.web.links import with_query
from martelo.storefront.web.safe_paths import safe_path
from martelo.storefront.web.visitors import token_of

OUTBOX = f"{ADDRESS}/saida"


@dataclass(frozen=True)
class AgentViews:
    """The views of the console."""

    dependencies: Dependencies

    @administrators_only
    def show(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show a page of effects."""
        search = read_effect_search(request.GET.dict())
        answer = self.dependencies.agent.list_effects(search.query(), self._token(request))
        card = partial(effect_card, reader_id=session.person.account_id)
        facts = {
            **_list(answer, search.address(), card),
            "search": search,
            "tabs": effect_tabs(search),
            "filter_form": EffectFilterForm(initial={"auction": search.auction}),
        }
        return render(request, "administration/console.html", facts, status=status_of(answer))

    @administrators_only
    def show_outbox(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show what would have been sent, had the house a mail server or a webhook."""
        query = {"cursor": read_cursor(request.GET), "limit": LIST_SIZE}
        answer = self.dependencies.agent.list_outbox(query, self._token(request))

        def card(effect: Json) -> tuple[EffectCard, OutboxEmail | OutboxPost | None]:
            return effect_card(effect, session.person.account_id), outbox_message(effect)

        facts = _list(answer, OUTBOX, card)
        page = render(request, "administration/outbox.html", facts, status=status_of(answer))
        page[POLICY] = FRAMED_MAIL_POLICY
        return page

    @administrators_only
    def send_message(self, request: HttpRequest, _session: Session, effect_id: str) -> HttpResponse:
        """Send an e-mail of the outbox as a file, for a mail program to open."""
        message = self.dependencies.agent.read_message(effect_id, self._token(request))
        if isinstance(message, ApiResponse):
            messages.error(request, explain(message).text)
            return see_other(OUTBOX)
        # What the API answered for is a number.
        attached = {"Content-Disposition": f'attachment; filename="martelo-{effect_id}.eml"'}
        return HttpResponse(message, content_type="message/rfc822", headers=attached)

    @administrators_only
    def resend(self, request: HttpRequest, _session: Session, effect_id: str) -> HttpResponse:
        """Have a parked effect tried again."""
        answer = self.dependencies.agent.resend(effect_id, self._token(request))
        return _decision_answer(request, answer, gettext("It is sent again now."))

    @administrators_only
    def settle(self, request: HttpRequest, _session: Session, effect_id: str) -> HttpResponse:
        """Say that a parked effect is there already."""
        answer = self.dependencies.agent.settle(effect_id, self._token(request))
        return _decision_answer(request, answer, gettext("Noted: it has arrived."))

    def _token(self, request: HttpRequest) -> str:
        return token_of(request, self.dependencies) or ""


def _list(answer: ApiResponse, address: str, card: Callable[[Json], object]) -> dict[str, object]:
    """Return what a list shows, each item as `card`; `address` is its own, without a cursor."""
    cursor = answer.next_cursor if answer.is_good else None
    return {
        "effects": [card(each) for each in answer.items],
        "trouble": "" if answer.is_good else explain(answer).text,
        "next_page": with_query(address, {"cursor": cursor}) if cursor else "",
    }


def _decision_answer(request: HttpRequest, answer: ApiResponse, success: str) -> HttpResponse:
    """Return to the list, with what came of the decision."""
    if answer.is_good:
        messages.success(request, success)
    else:
        messages.error(request, explain(answer).text)
    return see_other(safe_path(request.POST.get("next", ""), ADDRESS))
