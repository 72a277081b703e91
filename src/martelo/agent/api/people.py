"""One person's data: what accounts export, and erase when an account is closed."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from martelo.agent.api import answers
from martelo.agent.ports.people import People
from martelo.kernel.ids import AccountId
from martelo.runtime.flask.api import render_json
from martelo.runtime.identity.service_keys import ServiceCaller, check_service_key

PEOPLE_SCOPE = "people:manage"


def people_routes(people: People, service_callers: Mapping[str, ServiceCaller]) -> Blueprint:
    """Return the routes of the data of one person."""
    routes = Blueprint("people", __name__)

    def check() -> None:
        check_service_key(request.headers.get("X-API-Key", ""), PEOPLE_SCOPE, service_callers)

    @routes.get("/internal/people/<account_id>")
    def read(account_id: str) -> ResponseReturnValue:
        check()
        texts = people.texts(AccountId(account_id))
        return render_json(
            {
                "account_id": account_id,
                "texts": [answers.stored_text(each) for each in texts],
                "obligations": [],
            }
        )

    @routes.delete("/internal/people/<account_id>")
    def erase(account_id: str) -> ResponseReturnValue:
        check()
        people.erase(AccountId(account_id))
        return Response(status=HTTPStatus.NO_CONTENT)

    return routes
