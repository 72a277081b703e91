"""What templates of the house write: assets, money and instants."""

from collections.abc import Iterable

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.safestring import SafeString, mark_safe

from martelo.storefront.texts import error_texts
from martelo.storefront.web import assets, import_map

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a static file."""
    return assets.address_of(name)


@register.simple_tag
def module_map() -> SafeString:
    """Return the import map of our modules."""
    return mark_safe(import_map.module_map())  # noqa: S308 - names of our own files and hashes


@register.filter
def once(messages: Iterable[Message] | None) -> list[Message]:
    """Return each message once: a form sent twice says twice what was done once."""
    return list({(each.level, str(each)): each for each in messages or ()}.values())


@register.filter
def money(amount: str | None) -> str:
    """Return an amount of the API in the reader's form."""
    return error_texts.money(amount)


@register.filter
def moment(instant: str | None) -> str:
    """Return an instant of the API in the reader's form and zone."""
    return error_texts.moment(instant)
