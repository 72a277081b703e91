"""What templates of the house write: assets, money and instants."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from martelo.storefront import words
from martelo.storefront.pages import layout, modules

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a static file."""
    return layout.address_of(name)


@register.simple_tag
def module_map() -> SafeString:
    """Return the import map of our modules."""
    return mark_safe(modules.module_map())  # noqa: S308 - names of our own files and hashes


@register.filter
def money(amount: str | None) -> str:
    """Return an amount of the API in the reader's form."""
    return words.money(amount)


@register.filter
def moment(instant: str | None) -> str:
    """Return an instant of the API in the reader's form and zone."""
    return words.moment(instant)
