"""The event of an auction's end, as published and stored in the finished streams."""

from typing import Literal

import msgspec


class Person(msgspec.Struct, frozen=True):
    """An account named in an event; names are complete, e-mail addresses are never included."""

    id: str
    name: str


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


DECODER = msgspec.json.Decoder(AuctionFinished)
"""Decodes field `event` of a finished stream's entry, or a message of `leiloes_finalizados`."""
