"""`openapi`: print the OpenAPI document of the accounts API."""

from martelo.accounts.api.openapi import load_openapi
from martelo.runtime.http.openapi import print_document
from martelo.runtime.process.commands import Command
from martelo.runtime.process.settings import ProcessSettings


def run(_settings: ProcessSettings) -> None:
    """Print the OpenAPI document."""
    print_document(load_openapi())


COMMAND = Command(name="storefront-openapi", settings=ProcessSettings, run=run)
