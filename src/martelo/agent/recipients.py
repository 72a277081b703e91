"""Whom an e-mail goes to: a role in the ended auction, and whoever has it."""

from dataclasses import dataclass
from enum import StrEnum

from martelo.agent.domain.texts import Kind
from martelo.contracts.finished import AuctionFinished
from martelo.kernel.ids import AccountId


class Role(StrEnum):
    """What somebody was to an auction."""

    WINNER = "winner"
    SELLER = "seller"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody by role; `name` is what they were called when the auction ended."""

    role: Role
    account_id: AccountId
    name: str


def recipient_of(kind: Kind, end: AuctionFinished) -> Recipient | None:
    """Return whom an effect is written to; `None` where it is to nobody in particular."""
    match kind:
        case Kind.EMAIL_WINNER if end.winner is not None:
            return Recipient(Role.WINNER, AccountId(end.winner.id), end.winner.name)
        case Kind.EMAIL_SELLER:
            return Recipient(Role.SELLER, AccountId(end.seller.id), end.seller.name)
        case _:
            return None


def seed_of(auction_id: str, kind: Kind) -> str:
    """Return what the Message-ID of an auction's e-mail is made from, beside the address."""
    return f"{auction_id}|{kind.value}"
