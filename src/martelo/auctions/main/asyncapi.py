"""`asyncapi`: print the contract of `/live`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from martelo.auctions.main.openapi import load_openapi
from martelo.auctions.settings import ContractSettings
from martelo.runtime.http.openapi import print_document
from martelo.runtime.process.commands import Command

CONTRACT = Path(__file__).parents[1] / "live" / "asyncapi.yaml"


def run(settings: ContractSettings) -> None:
    """Print the AsyncAPI document."""
    print_document(name_server(load_asyncapi(), settings.public_url))


def load_asyncapi() -> Mapping[str, Any]:
    """Return the AsyncAPI document, with the schemas that it shares with the OpenAPI document."""
    text = CONTRACT.read_text("utf-8").replace("../api/openapi.yaml#/", "#/")
    contract: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    shared: Mapping[str, Any] = load_openapi()["components"]["schemas"]  # type: ignore[index]
    schemas = contract["components"]["schemas"]
    contract["components"]["schemas"] = {**shared, **schemas}
    return contract


def name_server(contract: Mapping[str, Any], public_url: str | None) -> Mapping[str, Any]:
    """Return the document with the house at `public_url` for its server, or as it is."""
    if public_url is None:
        return contract
    parts = urlsplit(public_url)
    protocol = "wss" if parts.scheme == "https" else "ws"
    house = {"host": parts.netloc, "protocol": protocol, "description": "This house."}
    return {**contract, "servers": {"house": house}}


COMMAND = Command(name="auctions-asyncapi", settings=ContractSettings, run=run)
