"""Changes of stock by its seller or an administrator."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from martelo.catalog.api.queries import known_id
from martelo.catalog.api.shared import SELL_SCOPE, is_admin
from martelo.catalog.domain.products import Product
from martelo.catalog.domain.refusals import NotYourProduct, ProductNotFound
from martelo.catalog.domain.stock import Change
from martelo.catalog.ports import ProductStore
from martelo.catalog.wire import answers
from martelo.catalog.wire.requests import parse_stock_change
from martelo.runtime.flask.api import caller, idempotency_key, json_body, marked, render_json
from martelo.runtime.identity.tokens import Identity, TokenVerifier


def stock_routes(store: ProductStore, verifier: TokenVerifier) -> Blueprint:
    """Return the route that changes how many there are of a product."""
    routes = Blueprint("stock", __name__)

    @routes.put("/api/produtos/<int:product_id>/estoque")
    def change_stock(product_id: int) -> ResponseReturnValue:
        by, key = caller(verifier, SELL_SCOPE), idempotency_key()
        change, known = parse_stock_change(json_body()), known_id(product_id)

        def decide(product: Product) -> Change:
            require_owner(product, by)
            return change

        changed = store.change_stock(known, by.account_id, decide, key=key)
        answer = render_json(answers.counted_stock(known, changed.stock))
        return marked(answer, replayed=changed.replayed)

    return routes


def require_owner(product: Product, by: Identity) -> None:
    """Require the seller of a product, or an administrator.

    Raises:
        ProductNotFound: The caller may not even see it.
        NotYourProduct: The caller sees it, and may not change it.
    """
    if product.seller.id == by.account_id or is_admin(by):
        return
    raise NotYourProduct if product.is_visible_to(by.account_id) else ProductNotFound
