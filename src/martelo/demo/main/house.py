"""The house, as the demo's process and one-off reach it."""

import time

from martelo.demo.adapters.http_house import HttpHouse
from martelo.demo.settings import SeedSettings
from martelo.runtime.http.client import HttpClient
from martelo.runtime.process.commands import give_up


def open_house(client: HttpClient, settings: SeedSettings) -> HttpHouse:
    """Return the house; exit with status 1 in production."""
    if settings.env == "production":
        give_up("the demo sells nothing real: not with MARTELO_ENV=production")
    return HttpHouse(client, settings.gateway_url, time.monotonic)
