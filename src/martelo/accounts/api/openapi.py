"""The OpenAPI document of the accounts API."""

from collections.abc import Mapping
from pathlib import Path

from martelo.runtime.http.openapi import load_contract


def load_openapi() -> Mapping[str, object]:
    """Return it."""
    return load_contract(Path(__file__).with_name("openapi.yaml"))
