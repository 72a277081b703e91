"""What the other contexts ask, each with its own service key; the gateway never routes these."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from martelo.auctions.api.lists import list_ends
from martelo.auctions.api.shared import Dependencies, page
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

    return routes
