"""`asyncapi`: print the contract of `/live`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import yaml

from martelo.auctions.main.openapi import load_openapi

CONTRACT = Path(__file__).parents[1] / "asyncapi.yaml"


def run() -> None:
    """Print the AsyncAPI document."""
    sys.stdout.buffer.write(orjson.dumps(load_asyncapi()) + b"\n")


def load_asyncapi() -> Mapping[str, Any]:
    """Return the AsyncAPI document, with the schemas that it shares with the OpenAPI document."""
    text = CONTRACT.read_text("utf-8").replace("openapi.yaml#/", "#/")
    contract: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    shared: Mapping[str, Any] = load_openapi()["components"]["schemas"]  # type: ignore[index]
    schemas = contract["components"]["schemas"]
    contract["components"]["schemas"] = {**shared, **schemas}
    return contract
