"""Bids and purchases."""

from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from martelo.auctions import requests, wire
from martelo.auctions.domain.standing import require_good_standing, require_paid_purchases
from martelo.auctions.routes.shared import BID_SCOPE, Deps, person_of
from martelo.auctions.use_cases import unless_archived, unless_refused
from martelo.runtime.web import (
    idempotency_key,
    json_body,
    marked,
    now_ms,
    render_json,
    take_token,
)


def bid_routes(deps: Deps) -> Blueprint:
    """Return the routes that place bids and buy."""
    routes = Blueprint("bids", __name__)
    store, record = deps.store, deps.record

    @routes.post("/place-bid")
    def place_bid() -> ResponseReturnValue:
        bidder, key = deps.caller(BID_SCOPE), idempotency_key()
        asked = requests.parse_bid(json_body())
        if deps.bid_buckets is not None:
            take_token(deps.bid_buckets, bidder.account_id)
        require_good_standing(deps.standings.of(bidder.account_id), now_ms())
        auction_id = deps.known_id(asked.auction_id)
        answer = store.place_bid(auction_id, asked.by(person_of(bidder), key))
        placed = unless_refused(unless_archived(store, record, auction_id, answer))
        view = render_json(wire.placed_bid(auction_id, placed), HTTPStatus.CREATED)
        return marked(view, replayed=placed.replayed)

    @routes.post("/auction/<auction_id>/buy-now")
    def buy_now(auction_id: str) -> ResponseReturnValue:
        buyer, key = deps.caller(BID_SCOPE), idempotency_key()
        if request.content_length:
            requests.parse_empty(json_body())
        standing = deps.standings.of(buyer.account_id)
        require_good_standing(standing, now_ms())
        require_paid_purchases(standing)
        known = deps.known_id(auction_id)
        answer = store.buy_now(known, person_of(buyer), key=key)
        bought = unless_refused(unless_archived(store, record, known, answer))
        view = render_json(wire.bought(known, bought), HTTPStatus.CREATED)
        return marked(view, replayed=bought.replayed)

    return routes
