"""What the other contexts ask, each with its own service key; the gateway never routes these."""

import msgspec
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from martelo.auctions.api.lists import list_ends
from martelo.auctions.api.shared import Dependencies, page
from martelo.auctions.domain.refusals import AuctionNotFound
from martelo.auctions.use_cases import find_auction
from martelo.auctions.wire import answers
from martelo.runtime.flask.api import render_json
from martelo.runtime.identity.service_keys import check_service_key

FINISHED_SCOPE = "auctions:finished"


def service_routes(deps: Dependencies) -> Blueprint:
    """Return the routes for the other contexts."""
    routes = Blueprint("services", __name__)

    @routes.get("/internal/auctions/finished")
    def finished() -> ResponseReturnValue:
        key = request.headers.get("X-API-Key", "")
        check_service_key(key, FINISHED_SCOPE, deps.service_callers)
        return page(*list_ends(deps.store, deps.record))

    @routes.get("/internal/auction/<auction_id>/finished")
    def finished_one(auction_id: str) -> ResponseReturnValue:
        key = request.headers.get("X-API-Key", "")
        check_service_key(key, FINISHED_SCOPE, deps.service_callers)
        reading = find_auction(deps.store, deps.record, deps.known_id(auction_id))
        if reading.auction.ending is None:
            raise AuctionNotFound
        end = answers.finished(reading.auction, reading.names)
        return render_json(msgspec.to_builtins(end))

    return routes
