"""What goes to viewers: encoded once for each transport, shared by all who watch the same lot."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from martelo.auctions.public_entries import (
    PublicBid,
    PublicCancelled,
    PublicClosed,
    PublicEntry,
    Published,
)
from martelo.auctions.wire import answers
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


class Encoding(Protocol):
    """How a transport writes events; what it returns can be joined and sent in one write."""

    def snapshot(self, auction_id: AuctionId, position: Position, view: Json) -> bytes:
        """Return a snapshot event."""

    def event(self, auction_id: AuctionId, position: Position, name: str, data: Json) -> bytes:
        """Return an event that has an id."""

    def extended(self, auction_id: AuctionId, position: Position, data: Json) -> bytes:
        """Return the `extended` event that follows the bid at `position`, without an id."""


class Frame:
    """One event as transports send it: encoded when first needed, and then cached."""

    __slots__ = ("_encode", "_encoded", "seq")

    def __init__(self, seq: int, encode: Callable[[Encoding], bytes]) -> None:
        self.seq = seq
        self._encode = encode
        self._encoded: dict[Encoding, bytes] = {}

    def encoded(self, encoding: Encoding) -> bytes:
        """Return the event as `encoding` writes it; shared bytes."""
        data = self._encoded.get(encoding)
        if data is None:
            data = self._encoded[encoding] = self._encode(encoding)
        return data


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An auction at `position`, including every entry up to it."""

    position: Position
    view: Json
    frame: Frame
    end: Frame | None
    """Follows the snapshot of an auction that is over; after it nothing comes."""


def is_end(entry: PublicEntry) -> bool:
    """Return whether nothing follows `entry`."""
    return isinstance(entry, PublicClosed | PublicCancelled)


def entry_frame(auction_id: AuctionId, epoch: str, published: Published) -> Frame:
    """Return the frame of an entry; `extended` follows a bid that moved the end."""
    entry = published.entry
    position = Position(epoch, entry.seq)

    def encode(encoding: Encoding) -> bytes:
        name, data = answers.event(auction_id, entry, published.names)
        encoded = encoding.event(auction_id, position, name, data)
        if isinstance(entry, PublicBid) and entry.extended:
            encoded += encoding.extended(auction_id, position, answers.extended_event(entry))
        return encoded

    return Frame(entry.seq, encode)


def event_frame(auction_id: AuctionId, position: Position, name: str, data: Json) -> Frame:
    """Return the frame of an event that no entry is at hand for."""
    return Frame(position.seq, lambda encoding: encoding.event(auction_id, position, name, data))


def snapshot_frame(auction_id: AuctionId, position: Position, view: Json) -> Frame:
    """Return the frame of a snapshot."""
    return Frame(position.seq, lambda encoding: encoding.snapshot(auction_id, position, view))


def encode_together(frames: Sequence[Frame], encoding: Encoding) -> bytes:
    """Return the events of `frames` for one write."""
    if len(frames) == 1:
        return frames[0].encoded(encoding)
    return b"".join(frame.encoded(encoding) for frame in frames)
