"""The event of an auction's end, as published and stored in the finished streams."""

from typing import Literal

import msgspec


class Person(msgspec.Struct, frozen=True):
    """An account in an event: named, in full, only as published and never as stored.

    `name` is `None` in a finished stream's entry, and of a closed account.
    """

    id: str
    name: str | None = None


class AuctionFinished(msgspec.Struct, frozen=True):
    """One end of an auction: sold, unsold or cancelled."""

    event_id: str
    auction_id: str
    status: Literal["sold", "unsold", "cancelled"]
    title: str
    final_price: str | None
    currency: str
    winner: Person | None
    seller: Person
    bid_count: int
    sold_by: Literal["bid", "buy_now"] | None
    closed_at: str


def nameless(end: AuctionFinished) -> AuctionFinished:
    """Return `end` as it may be stored."""
    return msgspec.structs.replace(
        end,
        winner=None if end.winner is None else Person(end.winner.id),
        seller=Person(end.seller.id),
    )


DECODER = msgspec.json.Decoder(AuctionFinished)
"""Decodes field `event` of a finished stream's entry, or a message of `leiloes_finalizados`."""
