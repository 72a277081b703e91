"""One person's data: what accounts export, and erase when an account is closed."""

from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from martelo.auctions.api.shared import Dependencies
from martelo.auctions.closing_accounts import erase_person, obligations_of
from martelo.auctions.wire.people import export
from martelo.kernel.ids import AccountId
from martelo.runtime.flask.api import render_json
from martelo.runtime.identity.service_keys import check_service_key

PEOPLE_SCOPE = "people:manage"


def people_routes(deps: Dependencies) -> Blueprint:
    """Return the routes of the data of one person."""
    routes = Blueprint("people", __name__)
    store, people = deps.store, deps.people

    def check() -> None:
        check_service_key(request.headers.get("X-API-Key", ""), PEOPLE_SCOPE, deps.service_callers)

    @routes.get("/internal/people/<account_id>")
    def read(account_id: str) -> ResponseReturnValue:
        check()
        person = AccountId(account_id)
        left = obligations_of(store, people, person)
        return render_json(export(person, people.held(person), left))

    @routes.delete("/internal/people/<account_id>")
    def erase(account_id: str) -> ResponseReturnValue:
        check()
        erase_person(store, people, AccountId(account_id))
        return Response(status=HTTPStatus.NO_CONTENT)

    return routes
