"""Links among which a page's reader is at one: tabs."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Tab:
    """One of several links; `is_current` marks the one that leads to the page itself."""

    label: str
    address: str
    is_current: bool


def with_query(path: str, parameters: Mapping[str, str]) -> str:
    """Return `path` with more parameters, those of empty values left out."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    joint = "&" if "?" in path else "?"
    return f"{path}{joint}{query}" if query else path
