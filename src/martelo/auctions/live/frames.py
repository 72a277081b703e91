"""What goes to viewers: bytes encoded once, shared by everyone who watches the same auction."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from martelo.auctions import wire
from martelo.auctions.public_entries import (
    PublicBid,
    PublicCancelled,
    PublicClosed,
    PublicEntry,
)
from martelo.kernel.ids import AuctionId

Json = Mapping[str, Any]

_POSITION = re.compile(r"([A-Za-z0-9]{1,64}):(0|[1-9][0-9]{0,14})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in an auction's history: `<epoch>:<seq>` on the wire."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"


def parse_position(text: str | None) -> Position | None:
    """Return the place that `text` names; `None` where it names none, so a snapshot is due."""
    matched = _POSITION.fullmatch(text) if text is not None else None
    return Position(matched[1], int(matched[2])) if matched else None


@dataclass(frozen=True, slots=True)
class Frame:
    """One public entry as a transport sends it."""

    seq: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An auction as it stands at `position`, which stands for every entry up to it."""

    position: Position
    view: Json
    data: bytes
    end: Frame | None
    """Follows the snapshot of an auction that is over; after it nothing comes."""


class Encoding(Protocol):
    """How a transport writes events; what it returns can be joined and sent in one write."""

    def snapshot(self, auction_id: AuctionId, position: Position, view: Json) -> bytes:
        """Return a snapshot event."""

    def event(self, auction_id: AuctionId, position: Position, name: str, data: Json) -> bytes:
        """Return an event that has an id."""

    def extended(self, auction_id: AuctionId, position: Position, data: Json) -> bytes:
        """Return the `extended` event that follows the bid at `position`, without an id."""


def is_end(entry: PublicEntry) -> bool:
    """Tell whether nothing follows `entry`."""
    return isinstance(entry, PublicClosed | PublicCancelled)


def encode_entry(
    encoding: Encoding, auction_id: AuctionId, epoch: str, entry: PublicEntry
) -> Frame:
    """Return `entry` as `encoding` sends it; `extended` follows a bid that moved the end."""
    position = Position(epoch, entry.seq)
    name, data = wire.event(auction_id, entry)
    encoded = encoding.event(auction_id, position, name, data)
    if isinstance(entry, PublicBid) and entry.extended:
        encoded += encoding.extended(auction_id, position, wire.extended_event(entry))
    return Frame(entry.seq, encoded)
