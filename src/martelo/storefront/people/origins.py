"""From where a session begins."""

from django.http import HttpRequest

from martelo.accounts.api.access import address_of
from martelo.storefront.sessions.devices import name_device
from martelo.storefront.sessions.sessions import Origin


def origin_of(request: HttpRequest) -> Origin:
    """Return from where a session begins: the device and the network address."""
    return Origin(name_device(request.headers.get("User-Agent", "")), address_of(request))
