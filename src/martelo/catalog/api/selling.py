"""Creating, changing and listing one's own products; categories, by administrators."""

from http import HTTPStatus

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from martelo.catalog.api.queries import (
    format_cursor,
    known_id,
    page_limit,
    parse_cursor,
    parse_flag,
    unknown_parameters,
)
from martelo.catalog.api.shared import SELL_SCOPE, seller_of
from martelo.catalog.domain.products import Status
from martelo.catalog.ports import Catalog, OwnQuery, Pictures, ProductStore, Request
from martelo.catalog.use_cases import create_product, edit_product
from martelo.catalog.wire import answers
from martelo.catalog.wire.products import (
    fingerprint,
    parse_category,
    parse_creation,
    parse_edit,
    publishes,
)
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, refuse_faults
from martelo.runtime.flask.api import (
    administrator_who_calls,
    caller,
    idempotency_key,
    json_body,
    marked,
    render_json,
)
from martelo.runtime.identity.rights import require_seller
from martelo.runtime.identity.tokens import TokenVerifier

OWN_PARAMETERS = frozenset({"status", "low_stock", "cursor", "limit"})


def sell_routes(
    catalog: Catalog, store: ProductStore, pictures: Pictures, verifier: TokenVerifier
) -> Blueprint:
    """Return the routes of sellers, and the one that changes categories."""
    routes = Blueprint("selling", __name__)

    @routes.post("/api/produtos")
    def create() -> ResponseReturnValue:
        by, key = caller(verifier, SELL_SCOPE), idempotency_key()
        require_seller(by)
        body = json_body()
        new = parse_creation(body)
        sent = None if key is None else Request(key, fingerprint(body))
        created = create_product(store, pictures, seller_of(by), new, sent)
        view = answers.own_product(created.product, catalog.find_family(created.product))
        answer = render_json(view, HTTPStatus.CREATED)
        answer.headers["Location"] = f"/api/produtos/{created.product.id}"
        return marked(answer, replayed=created.replayed)

    @routes.patch("/api/produtos/<int:product_id>")
    def edit(product_id: int) -> ResponseReturnValue:
        by = caller(verifier, SELL_SCOPE)
        wanted, known = parse_edit(json_body()), known_id(product_id)
        if publishes(wanted):
            require_seller(by)
        product = edit_product(store, pictures, known, by.account_id, wanted)
        return render_json(answers.own_product(product, catalog.find_family(product)))

    @routes.get("/api/produtos/own")
    def own() -> ResponseReturnValue:
        by = caller(verifier, SELL_SCOPE)
        page = catalog.find_own(by.account_id, _own_query(), parse_cursor(None), page_limit())
        items = [answers.own_short_product(product) for product in page[0]]
        return render_json({"items": items, "next_cursor": format_cursor(page[1])})

    @routes.put("/api/categorias/<slug>")
    def put_category(slug: str) -> ResponseReturnValue:
        administrator_who_calls(verifier)
        category = parse_category(slug, json_body())
        is_new = store.put_category(category)
        status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        return render_json(answers.category(category), status)

    return routes


def _own_query() -> OwnQuery:
    faults = unknown_parameters(OWN_PARAMETERS)
    low_stock = parse_flag("low_stock", faults)
    status = request.args.get("status")
    if status is not None and status not in set(Status):
        faults.append(FieldError("status", FieldCode.NOT_A_CHOICE, {"choices": list(Status)}))
    refuse_faults(*faults)
    return OwnQuery(None if status is None else Status(status), low_stock)
