"""A context's OpenAPI document: written by hand beside its code, served as JSON."""

import sys
from collections.abc import Mapping
from pathlib import Path

import orjson
import yaml


def load_contract(path: Path) -> Mapping[str, object]:
    """Return the OpenAPI document in the YAML file at `path`."""
    contract: Mapping[str, object] = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return contract


def print_document(document: Mapping[str, object]) -> None:
    """Write a document to standard output, as JSON on one line."""
    sys.stdout.buffer.write(orjson.dumps(document) + b"\n")
