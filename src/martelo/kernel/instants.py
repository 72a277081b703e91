"""Instants: RFC 3339 in UTC on the wire, aware datetimes in Python, milliseconds in stores."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MS = 253_402_300_799_999
"""The last millisecond of year 9999, the last one RFC 3339 can express."""

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def parse_instant(text: str) -> int | None:
    """Return the Unix milliseconds of RFC 3339 `text`, or `None`; an offset is mandatory."""
    if _RFC3339.fullmatch(text) is None:
        return None
    try:
        instant = datetime.fromisoformat(text.upper())
        at_ms = (instant - EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None
    return at_ms if 0 <= at_ms <= LAST_MS else None


@lru_cache(maxsize=256)  # bids of one moment share the same two instants
def format_instant(at_ms: int) -> str:
    """Return Unix milliseconds as RFC 3339 in UTC, as `2026-01-31T12:00:00.250Z`."""
    instant = EPOCH + timedelta(milliseconds=at_ms)
    return instant.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
