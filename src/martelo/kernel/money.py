"""Money: integer centavos inside, decimal text outside (auction rules, section 1)."""

import re

AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(?:\.([0-9]{1,2}))?", re.ASCII)
"""The text of an amount in reais; matched in full, so a trailing newline is refused."""

MAX_CENTS = 99_999_999_999_999
"""The largest amount that can be written: twelve integer digits and two decimals."""


def parse_amount(text: str) -> int | None:
    """Return `text` in centavos, or `None` where it is not an amount above zero."""
    matched = AMOUNT.fullmatch(text)
    if matched is None:
        return None
    reais, decimals = matched.groups(default="")
    return int(reais) * 100 + int(decimals.ljust(2, "0")) or None


def format_amount(cents: int) -> str:
    """Return `cents` (not negative) as reais with two decimals, as it goes on the wire."""
    return f"{cents // 100}.{cents % 100:02d}"
