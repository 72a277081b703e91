"""The addressee of an e-mail: a role in the ended auction, and the person who has it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from martelo.agent.domain.texts import Kind
from martelo.kernel.ids import AccountId


class Role(StrEnum):
    """A person's part in an auction."""

    WINNER = "winner"
    SELLER = "seller"


class Party(Protocol):
    """The winner or seller, as the event of the end identifies them."""

    @property
    def id(self) -> str:
        """The account's id."""
        ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person by role; the name is read when it is shown."""

    role: Role
    account_id: AccountId


def recipient_of(kind: Kind, *, seller: Party, winner: Party | None) -> Recipient | None:
    """Return the addressee of an effect; `None` if it has none."""
    match kind:
        case Kind.EMAIL_WINNER if winner is not None:
            return Recipient(Role.WINNER, AccountId(winner.id))
        case Kind.EMAIL_SELLER:
            return Recipient(Role.SELLER, AccountId(seller.id))
        case _:
            return None


def seed_of(auction_id: str, kind: Kind) -> str:
    """Return what an e-mail's Message-ID is derived from, besides the recipient's address."""
    return f"{auction_id}|{kind.value}"
