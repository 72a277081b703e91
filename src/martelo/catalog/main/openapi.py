"""`openapi`: print the OpenAPI document."""

from collections.abc import Mapping
from pathlib import Path

from martelo.runtime.http.openapi import load_contract, print_document
from martelo.runtime.process.commands import Command
from martelo.runtime.process.settings import ProcessSettings

CONTRACT = Path(__file__).parents[1] / "api" / "openapi.yaml"


def run(_settings: ProcessSettings) -> None:
    """Print the OpenAPI document."""
    print_document(load_openapi())


def load_openapi() -> Mapping[str, object]:
    """Return the OpenAPI document."""
    return load_contract(CONTRACT)


COMMAND = Command(name="catalog-openapi", settings=ProcessSettings, run=run)
