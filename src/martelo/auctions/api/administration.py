"""What only administrators do with auctions: moving ends, and voiding bids."""

from http import HTTPStatus

from flask import Blueprint
from flask.typing import ResponseReturnValue

from martelo.auctions.api.shared import Dependencies, person_of
from martelo.auctions.use_cases import (
    dismiss_outage,
    extend_after_outage,
    extend_all,
    find_auction,
    list_outages,
    raise_if_refused,
    unless_archived,
)
from martelo.auctions.wire import answers, requests
from martelo.runtime.flask.api import (
    administrator_who_calls,
    idempotency_key,
    json_body,
    marked,
    render_json,
)


def administration_routes(deps: Dependencies) -> Blueprint:
    """Return the routes of administrators."""
    routes = Blueprint("administration", __name__)
    store, record = deps.store, deps.record

    @routes.post("/auction/<auction_id>/extend")
    def extend(auction_id: str) -> ResponseReturnValue:
        by, key = administrator_who_calls(deps.verifier), idempotency_key()
        minutes, reason = requests.parse_extension(json_body())
        known = deps.known_id(auction_id)
        answer = store.extend(known, person_of(by), minutes=minutes, reason=reason, key=key)
        done = raise_if_refused(unless_archived(store, record, known, answer))
        deps.acts.report("auction-extended-by-admin", by, auction_id=known)
        reading = find_auction(store, record, known, reader=by.account_id)
        view = answers.full_auction(reading, reader=by.account_id)
        return marked(render_json(view), replayed=done.replayed)

    @routes.post("/auction/<auction_id>/void-bids")
    def void_bids(auction_id: str) -> ResponseReturnValue:
        by, key = administrator_who_calls(deps.verifier), idempotency_key()
        number, reason = requests.parse_voiding(json_body())
        known = deps.known_id(auction_id)
        answer = store.void_bids(known, person_of(by), number=number, reason=reason, key=key)
        done = raise_if_refused(unless_archived(store, record, known, answer))
        deps.acts.report("bids-voided-by-admin", by, auction_id=known, number=number)
        reading = find_auction(store, record, known, reader=by.account_id)
        view = answers.full_auction(reading, reader=by.account_id)
        return marked(render_json(view), replayed=done.replayed)

    @routes.post("/auctions/extend")
    def extend_every() -> ResponseReturnValue:
        by, key = administrator_who_calls(deps.verifier), idempotency_key()
        minutes, reason = requests.parse_extension(json_body())
        extended = extend_all(store, person_of(by), minutes=minutes, reason=reason, key=key)
        deps.acts.report("auctions-extended-by-admin", by, count=len(extended))
        return render_json({"extended": extended}, HTTPStatus.OK)

    @routes.get("/auctions/outages")
    def outages() -> ResponseReturnValue:
        administrator_who_calls(deps.verifier)
        found = list_outages(store, deps.outages)
        return render_json({"items": [answers.outage(each) for each in found]})

    @routes.post("/auctions/outages/<outage_id>/extend")
    def extend_hit(outage_id: str) -> ResponseReturnValue:
        by = administrator_who_calls(deps.verifier)
        minutes, reason = requests.parse_extension(json_body())
        began_ms = requests.parse_outage_id(outage_id)
        extended = extend_after_outage(
            store, deps.outages, began_ms, person_of(by), minutes=minutes, reason=reason
        )
        deps.acts.report("auctions-extended-by-admin", by, count=len(extended), outage=began_ms)
        return render_json({"extended": extended})

    @routes.delete("/auctions/outages/<outage_id>")
    def dismiss(outage_id: str) -> ResponseReturnValue:
        by, began_ms = administrator_who_calls(deps.verifier), requests.parse_outage_id(outage_id)
        dismiss_outage(deps.outages, began_ms)
        deps.acts.report("outage-dismissed-by-admin", by, outage=began_ms)
        return "", HTTPStatus.NO_CONTENT

    return routes
