"""`openapi`: print the API's contract."""

import sys
from collections.abc import Mapping
from pathlib import Path

import orjson

from martelo.runtime.http.openapi import load_contract

CONTRACT = Path(__file__).parents[1] / "api" / "openapi.yaml"


def run() -> None:
    """Print the OpenAPI document."""
    sys.stdout.buffer.write(orjson.dumps(load_openapi()) + b"\n")


def load_openapi() -> Mapping[str, object]:
    """Return the OpenAPI document."""
    return load_contract(CONTRACT)
