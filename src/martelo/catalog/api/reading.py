"""Products and categories, as everybody reads them."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from martelo.catalog.api.queries import (
    format_cursor,
    known_id,
    page_limit,
    parse_cursor,
    parse_query,
)
from martelo.catalog.api.shared import is_admin
from martelo.catalog.domain.refusals import CategoryNotFound, ProductNotFound
from martelo.catalog.ports import Catalog, Page, ProductQuery
from martelo.catalog.wire import answers
from martelo.runtime.flask.api import optional_caller, render_json
from martelo.runtime.identity.tokens import TokenVerifier


def read_routes(catalog: Catalog, verifier: TokenVerifier) -> Blueprint:
    """Return the routes that read published products; sellers see their drafts, too."""
    routes = Blueprint("reading", __name__)

    @routes.get("/api/produtos")
    def listed() -> ResponseReturnValue:
        return _list(parse_query())

    @routes.get("/api/produtos/categoria/<slug>")
    def of_category(slug: str) -> ResponseReturnValue:
        query = parse_query(category=slug)
        if "\0" in slug or catalog.find_category(slug) is None:
            raise CategoryNotFound
        return _list(query)

    @routes.get("/api/produtos/<int:product_id>")
    def one(product_id: int) -> ResponseReturnValue:
        known, reader = known_id(product_id), optional_caller(verifier)
        product = catalog.find(known)
        if product is None or not product.is_visible_to(
            None if reader is None else reader.account_id,
            is_admin=reader is not None and is_admin(reader),
        ):
            raise ProductNotFound
        return render_json(answers.full_product(product, catalog.find_family(product)))

    @routes.get("/api/categorias")
    def categories() -> ResponseReturnValue:
        found = [answers.counted_category(counted) for counted in catalog.list_categories()]
        return render_json({"items": found, "next_cursor": None})

    def _list(query: ProductQuery) -> Response:
        return render_page(catalog.search(query, parse_cursor(query.order), page_limit()))

    return routes


def render_page(page: Page) -> Response:
    """Return a page of products in short form."""
    products, after = page
    items = [answers.short_product(product) for product in products]
    return render_json({"items": items, "next_cursor": format_cursor(after)})
