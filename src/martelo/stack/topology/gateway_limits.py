"""How much one network address may ask of the gateway: settings, and the template's values."""

from collections.abc import Mapping
from dataclasses import dataclass

from martelo.stack.errors import StackError

MAX = 100_000


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the template.

    Of a rate, `at_once` requests pass beyond it; others wait for their turn, up to `max_wait_s`,
    and what would wait longer is refused.
    """

    variable: str
    default: int
    at_once: int = 0
    max_wait_s: int = 0


LIMITS = (
    Limit("MARTELO_REQUESTS_AT_ONCE", 240),
    Limit("MARTELO_STREAMS_AT_ONCE", 500),
    Limit("MARTELO_PAGES_PER_SECOND", 20, at_once=8, max_wait_s=8),
    Limit("MARTELO_READS_PER_SECOND", 100, at_once=50, max_wait_s=4),
    Limit("MARTELO_PASSWORDS_PER_SECOND", 5, at_once=2, max_wait_s=15),
)
"""A class of 60 behind one address opens a page at once, and signs in at once, without a refusal:
what exceeds a rate waits for its turn."""


def read_limits(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the template's values for every limit.

    Raises:
        StackError: A variable is malformed.
    """
    values: dict[str, str] = {}
    for limit in LIMITS:
        number = _read(environment.get(limit.variable) or str(limit.default), limit.variable)
        values[limit.variable] = str(number)
        if limit.max_wait_s:
            values[f"{limit.variable}_AT_ONCE"] = str(limit.at_once)
            values[f"{limit.variable}_BURST"] = str(limit.at_once + number * limit.max_wait_s)
    return values


def _read(text: str, variable: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX:
        return int(text)
    raise StackError(f"{variable} is {text!r}; it must be a number from 1 to {MAX}.")
