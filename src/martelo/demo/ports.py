"""What the demo needs of the house, which it knows only from outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from martelo.demo.domain.catalogue import Offer
from martelo.demo.domain.lots import Lot
from martelo.demo.domain.planning import Plan

ReadPictures = Callable[[str], Sequence[bytes]]
"""Returns the pictures of an offer, by its name, as WebP."""


class NotDone(Exception):  # noqa: N818 - says what happened
    """The house did not do it; `status` is 0 where no answer came, `slug` is the problem's."""

    def __init__(self, status: int, slug: str, wait_s: float) -> None:
        super().__init__(f"{status} {slug}")
        self.status = status
        self.slug = slug
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class DemoSession:
    """Somebody signed in; `good_until_s` is on the monotonic clock."""

    account_id: str
    access_token: str
    refresh_token: str
    good_until_s: float


@dataclass(frozen=True, slots=True)
class Page:
    """Some lots, and where the next page begins."""

    lots: list[Lot]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A lot to create out of an offer."""

    offer: Offer
    duration_s: int
    starts_at_ms: int | None
    image_ids: tuple[str, ...]


class House(Protocol):
    """The public APIs of a house. Every call raises `NotDone` where the house refuses."""

    def register(self, email: str, password: str, name: str) -> None:
        """Make an account."""
        ...

    def sign_in(self, email: str, password: str) -> DemoSession:
        """Sign in."""
        ...

    def renew(self, session: DemoSession) -> DemoSession:
        """Exchange a session for its next one."""
        ...

    def list_lots(self, status: str, cursor: str | None = None) -> Page:
        """Return a page of everybody's lots."""
        ...

    def list_own_lots(self, session: DemoSession, cursor: str | None = None) -> Page:
        """Return a page of somebody's own lots, the newest first."""
        ...

    def upload(self, session: DemoSession, picture: bytes) -> str:
        """Store a picture and return its id."""
        ...

    def create(self, session: DemoSession, draft: Draft, key: str) -> str:
        """Create a lot and return its id."""
        ...

    def is_leading(self, session: DemoSession, auction_id: str) -> bool:
        """Return whether somebody has the leading bid."""
        ...

    def place_bid(self, session: DemoSession, plan: Plan, key: str) -> None:
        """Place a bid."""
        ...
