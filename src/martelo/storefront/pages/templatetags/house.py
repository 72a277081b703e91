"""What templates of the house write: assets, money and instants."""

from django import template

from martelo.storefront import words
from martelo.storefront.pages import layout

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a static file."""
    return layout.address_of(name)


@register.filter
def money(amount: str | None) -> str:
    """Return an amount of the API in the reader's form."""
    return words.money(amount)


@register.filter
def moment(instant: str | None) -> str:
    """Return an instant of the API in the reader's form and zone."""
    return words.moment(instant)
