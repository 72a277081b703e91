"""Creating, changing and cancelling one's auctions."""

from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from martelo.auctions.api.shared import SELL_SCOPE, Dependencies, person_of
from martelo.auctions.domain.entries import begin
from martelo.auctions.domain.masking import SELLER_NUMBER
from martelo.auctions.ports.readings import Reading
from martelo.auctions.use_cases import (
    Submission,
    create_auction,
    edit_auction,
    find_auction,
    look_at_pictures,
    raise_if_refused,
    unless_archived,
)
from martelo.auctions.wire import answers, requests
from martelo.kernel.ids import AuctionId
from martelo.runtime.flask.api import idempotency_key, json_body, marked, render_json
from martelo.runtime.identity.rights import require_seller
from martelo.runtime.identity.tokens import Identity


def sell_routes(deps: Dependencies) -> Blueprint:
    """Return the routes that create, edit and cancel auctions."""
    routes = Blueprint("selling", __name__)
    store, record, pictures = deps.store, deps.record, deps.pictures

    @routes.post("/create-auction")
    def create() -> ResponseReturnValue:
        seller, key = deps.caller(SELL_SCOPE), idempotency_key()
        require_seller(seller)
        deps.quotas.admit_lot(seller, record)
        body = json_body()
        submission = look_at_pictures(
            pictures, person_of(seller), Submission(*requests.parse_draft(body))
        )
        if key is None:
            opened = create_auction(store, deps.random_id, person_of(seller), submission)
        else:
            derived = deps.derived_id(seller.account_id, key)
            opened = create_auction(
                store,
                lambda: derived,
                person_of(seller),
                submission,
                fingerprint=requests.fingerprint(body),
            )
        auction = begin(opened.entry)
        names = {SELLER_NUMBER: seller.name}
        reading = Reading(auction, auction.at_ms, 0, (), names=names)
        view = answers.full_auction(reading, reader=seller.account_id)
        answer = render_json(view, HTTPStatus.CREATED)
        answer.headers["Location"] = f"/auction/{auction.id}"
        return marked(answer, replayed=opened.replayed)

    @routes.patch("/auction/<auction_id>")
    def edit(auction_id: str) -> ResponseReturnValue:
        seller = deps.caller(SELL_SCOPE)
        change = requests.parse_edit(json_body())
        known = deps.known_id(auction_id)
        edit_auction(store, pictures, known, person_of(seller), change)
        return _auction_of(known, seller)

    @routes.post("/auction/<auction_id>/cancel")
    def cancel(auction_id: str) -> ResponseReturnValue:
        by, key = deps.caller(SELL_SCOPE), idempotency_key()
        is_admin = "admin" in by.roles
        known = deps.known_id(auction_id)
        body = json_body() if request.content_length else b"{}"
        reason = requests.parse_reason(body, is_required=is_admin)
        answer = store.cancel(known, person_of(by), reason=reason, is_admin=is_admin, key=key)
        done = raise_if_refused(unless_archived(store, record, known, answer))
        if is_admin:
            deps.acts.report("auction-cancelled-by-admin", by, auction_id=known)
        return marked(_auction_of(known, by), replayed=done.replayed)

    def _auction_of(auction_id: AuctionId, reader: Identity) -> Response:
        reading = find_auction(store, record, auction_id, reader=reader.account_id)
        return render_json(answers.full_auction(reading, reader=reader.account_id))

    return routes
