"""What the agent holds of one person, and its erasure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from martelo.agent.domain.frozen import Frozen
from martelo.agent.domain.texts import Kind
from martelo.kernel.ids import AccountId, AuctionId


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text about an auction that the person sold or won."""

    auction_id: AuctionId
    kind: Kind
    created_at_ms: int
    frozen: Frozen | None


class People(Protocol):
    """Stored texts by person. Every method may raise `DatabaseUnavailable`."""

    def texts(self, account_id: AccountId) -> Sequence[StoredText]:
        """Return the texts about what a person sold or won."""

    def erase(self, account_id: AccountId) -> None:
        """Erase e-mails and posts about what a person sold or won; make its reports nameless."""
