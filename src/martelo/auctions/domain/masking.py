"""The names of a lot's people, and their public masks (auction rules, sections 9 and 10)."""

from collections.abc import Mapping

SELLER_NUMBER = 0
"""The seller's place in `Names`; bidders are numbered from 1."""

Names = Mapping[int, str]
"""Full names by bidder number; without those of closed accounts, and of people not asked for."""


def mask_name(name: str) -> str:
    """Return the first and last letter of `name` round `***`; one or two letters: the first."""
    return f"{name[0]}***{name[-1]}" if len(name) > 2 else f"{name[:1]}***"


def masked(names: Names, number: int) -> str | None:
    """Return the masked name of bidder `number`; `None` of a closed account."""
    name = names.get(number)
    return None if name is None else mask_name(name)
