"""The form that filters and orders a list of lots."""

from django.utils.translation import gettext, gettext_lazy

from martelo.storefront.lot_parts.category_field import CategoryField
from martelo.storefront.web.forms import ChoiceField, Form, MoneyField

AMOUNTS = ("price_min", "price_max")

_IGNORED = {"invalid": gettext_lazy("This amount was left out: write it as 150 or 150,00.")}


def _sorts() -> list[tuple[str, str]]:
    return [
        ("ends_at", gettext("Ending first")),
        ("-created_at", gettext("Newest first")),
        ("-bid_count", gettext("Most bids first")),
        ("current_price", gettext("Lowest price first")),
        ("-current_price", gettext("Highest price first")),
    ]


class FilterForm(Form):
    """Which lots are listed, and in which order."""

    category = CategoryField(none=gettext_lazy("All categories"))
    price_min = MoneyField(
        label=gettext_lazy("Price from"), required=False, error_messages=_IGNORED
    )
    price_max = MoneyField(
        label=gettext_lazy("Price up to"), required=False, error_messages=_IGNORED
    )
    sort = ChoiceField(label=gettext_lazy("Order"), choices=_sorts)
