"""A context's OpenAPI document: written by hand beside its code, served as JSON."""

from collections.abc import Mapping
from pathlib import Path

import yaml


def load_contract(path: Path) -> Mapping[str, object]:
    """Return the OpenAPI document in the YAML file at `path`."""
    contract: Mapping[str, object] = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return contract
