"""What the auctions hold of one person, and its erasure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from martelo.auctions.domain.entries import Entry
from martelo.auctions.ports.readings import Reading
from martelo.kernel.ids import AccountId, AuctionId


class Part(StrEnum):
    """A person's part in an open auction, which keeps the account from being closed."""

    SELLS = "sells"
    LEADS = "leads"


@dataclass(frozen=True, slots=True)
class Obligation:
    """An open auction that needs the person."""

    auction_id: AuctionId
    part: Part

    def as_item(self) -> Mapping[str, str]:
        """Return it as answers name it."""
        return {"auction_id": self.auction_id, "part": self.part.value}


@dataclass(frozen=True, slots=True)
class Place:
    """A person in an auction: the number, 0 for its seller, and whether the live store has it."""

    auction_id: AuctionId
    number: int
    is_live: bool


@dataclass(frozen=True, slots=True)
class Act:
    """A bid, a raise or a purchase of the person."""

    auction_id: AuctionId
    entry: Entry


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that the record holds of a person."""

    names: Sequence[str]
    lots: Sequence[Reading]
    wins: Sequence[Reading]
    acts: Sequence[Act]


class People(Protocol):
    """The record by person. Every method may raise `RecordUnavailable`."""

    def held(self, account_id: AccountId) -> Held:
        """Return everything about a person."""

    def open_lots(self, account_id: AccountId) -> list[AuctionId]:
        """Return the auctions, open in the record, that the person sells or has bid on."""

    def places(self, account_id: AccountId) -> list[Place]:
        """Return all auctions that the person sells, or has bid on or bought."""

    def erase_names(self, account_id: AccountId) -> None:
        """Erase the person's names, and store none again."""
