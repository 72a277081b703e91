"""Bids and purchases."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from martelo.auctions.admission import BID_SCOPE, BidMessage, admit
from martelo.auctions.api.shared import Dependencies, person_of
from martelo.auctions.domain.standing import require_good_standing, require_paid_purchases
from martelo.auctions.use_cases import raise_if_refused, unless_archived
from martelo.auctions.wire import answers, requests
from martelo.kernel.refusal import Refusal
from martelo.runtime.flask import request as wsgi_request
from martelo.runtime.flask.api import (
    REPLAYED,
    HotView,
    RawResponse,
    idempotency_key,
    json_answer,
    json_body,
    marked,
    now_ms,
    render_json,
)
from martelo.runtime.identity.rights import require_buyer
from martelo.runtime.identity.tokens import Unauthenticated

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def place_bid(deps: Dependencies) -> HotView:
    """Return the view of `POST /place-bid`.

    Most requests of a busy house are this one: it needs nothing of Flask, and a refusal of the
    store is returned rather than raised.
    """
    store, record = deps.store, deps.record

    def respond(environment: "WSGIEnvironment") -> RawResponse | Refusal:
        bidder = wsgi_request.optional_caller(environment, deps.verifier)
        if bidder is None:
            raise Unauthenticated(had_proof=False)
        message = BidMessage(
            bidder,
            read_key=lambda: wsgi_request.idempotency_key(environment),
            read_request=lambda: requests.parse_bid(wsgi_request.json_body(environment)),
        )
        auction_id, bid = admit(
            message,
            buckets=deps.bid_buckets,
            standing_of=deps.standings.of,
            parse_id=deps.parse_id,
            now_ms=now_ms(),
        )
        answer = store.place_bid(auction_id, bid)
        placed = unless_archived(store, record, auction_id, answer)
        if isinstance(placed, Refusal):
            return placed
        view = json_answer(answers.placed_bid(auction_id, placed), HTTPStatus.CREATED)
        if placed.replayed:
            view.headers.append(REPLAYED)
        return view

    return respond


def bid_routes(deps: Dependencies) -> Blueprint:
    """Return the routes that buy."""
    routes = Blueprint("bids", __name__)
    store, record = deps.store, deps.record

    @routes.post("/auction/<auction_id>/buy-now")
    def buy_now(auction_id: str) -> ResponseReturnValue:
        buyer, key = deps.caller(BID_SCOPE), idempotency_key()
        require_buyer(buyer)
        deps.quotas.admit_purchase(buyer)
        if request.content_length:
            requests.parse_empty(json_body())
        standing = deps.standings.of(buyer.account_id)
        require_good_standing(standing, now_ms())
        require_paid_purchases(standing)
        known = deps.known_id(auction_id)
        answer = store.buy_now(known, person_of(buyer), key=key)
        bought = raise_if_refused(unless_archived(store, record, known, answer))
        view = render_json(answers.bought(known, bought), HTTPStatus.CREATED)
        return marked(view, replayed=bought.replayed)

    return routes
