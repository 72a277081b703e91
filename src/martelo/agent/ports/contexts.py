"""What the agent reads from other contexts: auctions and accounts."""

from dataclasses import dataclass
from typing import Protocol

from martelo.agent.domain.facts import Facts, House
from martelo.agent.domain.policy import HousePolicy
from martelo.contracts.finished import AuctionFinished
from martelo.kernel.ids import AccountId


class ContextUnavailable(Exception):  # noqa: N818 - a state
    """Another context does not answer now, or not as agreed; the effect itself is not at fault."""


class LotNotFound(Exception):  # noqa: N818 - a state
    """The auctions context has no such auction."""


class Lots(Protocol):
    """Ended auctions, from the auctions context."""

    def facts(self, end: AuctionFinished, house: House) -> Facts:
        """Return what is known of an ended auction.

        Raises:
            ContextUnavailable: The facts are not available now.
            LotNotFound: There is no such auction.
        """

    def ends_after(self, after: str | None) -> tuple[list[AuctionFinished], str | None]:
        """Return a page of the ends of the last days, and the cursor of the next one.

        Raises:
            ContextUnavailable: The ends are not available now.
        """


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's address and name."""

    email: str
    name: str


class People(Protocol):
    """The house's settings and people's addresses, from the accounts context."""

    def policy(self) -> HousePolicy:
        """Return the house's settings, at most a minute old.

        Raises:
            ContextUnavailable: They are not available now, and never were.
        """

    def contact(self, account_id: AccountId) -> Contact | None:
        """Return a person's address and name; `None` if the account no longer exists.

        Raises:
            ContextUnavailable: The accounts context does not answer.
        """
