"""One auction, its history and ledger, and the lists."""

from http import HTTPStatus

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from martelo.auctions.api.lists import (
    list_auctions,
    list_own_auctions,
    list_own_bids,
    page_limit,
    page_seq,
)
from martelo.auctions.api.shared import READ_SCOPE, Dependencies, page
from martelo.auctions.public_entries import numbers_in
from martelo.auctions.use_cases import find_auction, find_ledger
from martelo.auctions.wire import answers
from martelo.runtime.flask.api import optional_caller, render_json


def read_routes(deps: Dependencies) -> Blueprint:
    """Return the routes that read auctions."""
    routes = Blueprint("reading", __name__)
    store, record = deps.store, deps.record

    @routes.get("/auction/<auction_id>")
    def view(auction_id: str) -> ResponseReturnValue:
        known = deps.known_id(auction_id)
        if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
            return redirect(f"/leiloes/{known}", HTTPStatus.SEE_OTHER)
        identity = optional_caller(deps.verifier)
        reader = identity.account_id if identity else None
        reading = find_auction(store, record, known, reader=reader)
        return render_json(answers.full_auction(reading, reader=reader))

    @routes.get("/auction/<auction_id>/bids")
    def bids(auction_id: str) -> ResponseReturnValue:
        known, limit, before = deps.known_id(auction_id), page_limit(), page_seq()
        auction, ledger = find_ledger(store, record, known)
        found = ledger.public_bids(known, before, limit + 1)
        names = ledger.names(known, sorted({bid.number for bid in found[:limit]}))
        return page(
            [answers.public_bid(auction, bid, names) for bid in found[:limit]],
            str(found[limit - 1].seq) if len(found) > limit else None,
        )

    @routes.get("/auction/<auction_id>/ledger")
    def ledger(auction_id: str) -> ResponseReturnValue:
        known, limit, after = deps.known_id(auction_id), page_limit(), page_seq()
        _, entries = find_ledger(store, record, known)
        found = entries.public_entries(known, after or 0, limit + 1)
        numbers = set[int]().union(*map(numbers_in, found[:limit]))
        names = entries.names(known, sorted(numbers))
        return page(
            [answers.ledger_entry(known, entry, names) for entry in found[:limit]],
            str(found[limit - 1].seq) if len(found) > limit else None,
        )

    @routes.get("/view-auctions")
    def view_auctions() -> ResponseReturnValue:
        return page(*list_auctions(store, record))

    @routes.get("/my/bids")
    def my_bids() -> ResponseReturnValue:
        return page(*list_own_bids(store, record, deps.caller(READ_SCOPE).account_id))

    @routes.get("/my/auctions")
    def my_auctions() -> ResponseReturnValue:
        return page(*list_own_auctions(store, record, deps.caller(READ_SCOPE).account_id))

    return routes
