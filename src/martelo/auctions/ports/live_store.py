"""The live store.

Every method that leaves the process may raise `StoreUnavailable`; every one that changes
something may instead raise `OutcomeUnknown`: it may have happened, and the same idempotency key
gives the answer.
"""

from collections.abc import Sequence
from typing import Protocol

from martelo.auctions.domain.answers import Announced, Bought, Done, Ended, Opened, Placed
from martelo.auctions.domain.auction import Person, Texts
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import Draft
from martelo.auctions.domain.entries import Entry
from martelo.auctions.domain.masking import Names
from martelo.auctions.domain.standing import Standing
from martelo.auctions.ports.failures import Failure
from martelo.auctions.ports.readings import Cursor, Reading, ServerState, Upcoming
from martelo.auctions.public_entries import PublicBid, PublicEntry
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import Refusal


class AuctionStore(Protocol):
    """The live store: decides every change atomically by its own clock."""

    def now_ms(self) -> int:
        """Return the store's clock in Unix milliseconds."""

    def check_writes(self) -> None:
        """Return if every server accepts writes; one may answer reads and still refuse them."""

    def server_states(self) -> Sequence[ServerState]:
        """Return what each primary says of itself."""

    def create(
        self, auction_id: AuctionId, seller: Person, draft: Draft, *, fingerprint: str = ""
    ) -> Opened | Refusal:
        """Create an auction; with a fingerprint, the same request again meets its own auction.

        Raises:
            StoreFull: There is only memory left for bids.
        """

    def place_bid(self, auction_id: AuctionId, bid: Bid) -> Placed | Refusal:
        """Place a bid."""

    def buy_now(
        self, auction_id: AuctionId, buyer: Person, *, key: str | None = None
    ) -> Bought | Refusal:
        """Buy at the buy-now price."""

    def cancel(
        self,
        auction_id: AuctionId,
        by: Person,
        *,
        reason: str,
        is_admin: bool,
        key: str | None = None,
    ) -> Done | Refusal:
        """Cancel an auction."""

    def extend(
        self, auction_id: AuctionId, by: Person, *, minutes: int, reason: str, key: str | None
    ) -> Done | Refusal:
        """Move the end, and the base of the soft close's cap, by `minutes`."""

    def void_bids(
        self, auction_id: AuctionId, by: Person, *, number: int, reason: str, key: str | None
    ) -> Done | Refusal:
        """Void the bids of bidder `number`, as if they had not been made."""

    def edit(self, auction_id: AuctionId, by: Person, texts: Texts, *, seq: int) -> Done | Refusal:
        """Replace texts and pictures of the auction at `seq`.

        Raises:
            StaleEdit: The auction has moved on; read it and try again.
        """

    def close(self, auction_ids: Sequence[AuctionId]) -> list[Ended | None]:
        """Close those auctions of one partition whose time is over; at most 100 a call."""

    def announce(self, auction_ids: Sequence[AuctionId]) -> list[Announced | None]:
        """Announce those ends of one partition that are near; at most 100 a call."""

    def close_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Ended | None] | Failure]:
        """Close what is due in each partition, up to `limit` (at most 100).

        Return what came of each closing (`None`: another was faster), or why a partition's are
        not known; the others are done all the same.
        """

    def announce_due(
        self, partitions: Sequence[int], limit: int
    ) -> dict[int, list[Announced | None] | Failure]:
        """Announce what is due in each partition, as `close_due` closes it."""

    def upcoming(self) -> Upcoming:
        """Return where something is due, and how long until the next is; raise nothing."""

    def read(
        self, auction_id: AuctionId, *, reader: AccountId | None = None, bids: int = 50
    ) -> Reading | None:
        """Return an auction and its newest bids; `None` where it is not (or no longer) live."""

    def read_many(self, auction_ids: Sequence[AuctionId]) -> dict[AuctionId, Reading]:
        """Return those that are live, without bids, in one round."""

    def open_by_end(self, after: Cursor | None, limit: int) -> tuple[list[Reading], Cursor | None]:
        """Return active auctions by end and id, and where to go on; `None` at the list's end."""

    def entries(self, auction_id: AuctionId, after: tuple[int, int], limit: int) -> list[Entry]:
        """Return ledger entries after `(seq, sub)`, in order; for replay and archive only."""

    def public_entries(
        self, auction_id: AuctionId, after_seq: int, limit: int
    ) -> list[PublicEntry]:
        """Return public entries after `after_seq`, in order."""

    def public_bids(
        self, auction_id: AuctionId, before_seq: int | None, limit: int
    ) -> list[PublicBid]:
        """Return bids before `before_seq` (`None`: the newest), newest first."""

    def names(self, auction_id: AuctionId, numbers: Sequence[int]) -> Names:
        """Return the names of those of `numbers` that have one."""

    def erase_names(self, numbers: Sequence[tuple[AuctionId, int]]) -> None:
        """Erase these names, given by auction and number, and what the store's log has of them.

        Raises:
            StoreUnavailable, OutcomeUnknown: Some are left; the call may be repeated.
        """

    def forget(self, auction_ids: Sequence[AuctionId]) -> None:
        """Remove ended auctions that the record holds."""


class Standings(Protocol):
    """Who may not bid for what they left unpaid; read by every transport that takes bids."""

    def of(self, account_id: AccountId) -> Standing:
        """Return an account's standing, at most 5 seconds old."""
