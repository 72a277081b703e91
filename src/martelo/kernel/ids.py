"""Identifiers, as types that cannot be mistaken for one another."""

from typing import NewType

AccountId = NewType("AccountId", str)
"""An account's UUID in its canonical text form, as the `sub` of its tokens."""

AuctionId = NewType("AuctionId", str)
"""`<partition>-<random>`, as `07-6k9m2v4t8q1xz`."""

BidId = NewType("BidId", str)
"""`<auction id>-<seq>`, with `.<sub>` for a secret raise."""

EventId = NewType("EventId", str)
"""What consumers deduplicate on: `<auction id>:<seq>` for an auction's end."""
