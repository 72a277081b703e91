"""Filling an empty house."""

from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from martelo.demo.domain.catalogue import OFFERS, PASSWORD, SELLERS, Offer
from martelo.demo.domain.lots import recognise
from martelo.demo.ports import DemoSession, Draft, House, NotDone, ReadPictures

ATTEMPTS = 8
MAX_WAIT_S = 10.0
TEMPORARY = {
    0,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
"""Statuses after which the same request may succeed; 0 where no answer came."""

T = TypeVar("T")


class Seed:
    """Offers everything of the catalogue once, each under a key, so that a second run adds nothing.

    `pause` sleeps for some seconds.
    """

    def __init__(
        self,
        house: House,
        read_pictures: ReadPictures,
        pause: Callable[[float], None],
    ) -> None:
        self._house = house
        self._read_pictures = read_pictures
        self._pause = pause
        self._without_pictures = False

    def run(self, now_ms: int) -> Iterator[str]:
        """Create what is missing, and yield a line about each.

        Raises:
            NotDone: The house refuses, or does not answer for long.
        """
        sessions = {
            seller: self._retry(partial(self._house.sign_in, seller, PASSWORD))
            for seller in SELLERS
        }
        there = self._offered({s.account_id: seller for seller, s in sessions.items()})
        if there is None:
            yield "the house has lots of its own: left as it is"
            return
        for offer in OFFERS:
            if offer.name not in there:
                yield from self._offer(offer, sessions[offer.seller], now_ms)
        if len(there) == len(OFFERS):
            yield "every lot was there"

    def _offered(self, sellers: dict[str, str]) -> set[str] | None:
        """Return which offers were made here; `None` where a lot is not one of them."""
        there: set[str] = set()
        cursor: str | None = None
        while True:
            page = self._retry(partial(self._house.list_lots, "all", cursor))
            known = recognise(page.lots, sellers)
            there |= {each.offer.name for each in known}
            if len(there) == len(OFFERS):
                return there
            if len(known) < len(page.lots):
                return None
            cursor = page.next_cursor
            if cursor is None:
                return there

    def _offer(self, offer: Offer, session: DemoSession, now_ms: int) -> Iterator[str]:
        image_ids = tuple(self._upload_all(offer, session))
        if self._without_pictures and not image_ids:
            yield f"{offer.title}: no pictures, for the images do not answer"
        starts_at_ms = now_ms + offer.opens_in_s * 1000 if offer.opens_in_s else None
        draft = Draft(offer, offer.duration_s, starts_at_ms, image_ids)
        try:
            self._retry(partial(self._house.create, session, draft, f"demo {offer.name}"))
        except NotDone as error:
            if error.status != HTTPStatus.UNPROCESSABLE_ENTITY:
                raise
            # An interrupted run used the key: with other pictures, or at another hour.
            yield f"{offer.title}: was there"
        else:
            yield f"{offer.title}: offered with {len(image_ids)} pictures"

    def _upload_all(self, offer: Offer, session: DemoSession) -> Iterator[str]:
        for picture in self._read_pictures(offer.name):
            if self._without_pictures:
                return
            try:
                yield self._retry(partial(self._house.upload, session, picture), 3)
            except NotDone as error:
                if error.status not in {*TEMPORARY, HTTPStatus.NOT_FOUND}:
                    raise
                self._without_pictures = True

    def _retry(self, call: Callable[[], T], attempts: int = ATTEMPTS) -> T:
        """Return what `call` returns, tried again a bounded number of times."""
        for left in reversed(range(attempts)):
            try:
                return call()
            except NotDone as error:
                if error.status not in TEMPORARY or not left:
                    raise
                self._pause(min(error.wait_s, MAX_WAIT_S))
        raise AssertionError("unreachable: the last attempt raises")
