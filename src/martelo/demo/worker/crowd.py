"""Simulated people: they bid now and then, on the demo's lots only."""

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from random import Random

import structlog

from martelo.demo.domain.catalogue import OFFERS, PASSWORD, PEOPLE, SELLERS, Offer
from martelo.demo.domain.lots import DemoLot, Lot, recognise
from martelo.demo.domain.planning import (
    Draws,
    is_rested,
    missing_offers,
    pause_s,
    plan_bid,
)
from martelo.demo.ports import DemoSession, Draft, House, NotDone

ADMITTED_AT_ONCE = 4
ADMISSION_S = 7.0
"""Between two who sign in: a visitor at the same address shares the gateway's limit with them."""

RENEWED_S = 15.0
RENEWED_BEFORE_S = 60.0
MAX_WAIT_S = 20.0
"""Shorter than the silence after which a loop counts as hung."""

MAX_PAGES = 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who is to sign in; `name` is that of an account to make first."""

    email: str
    password: str
    name: str | None = None


class Crowd:
    """Takes a step at a time: somebody signs in, an offer is made again, somebody bids.

    The people's passwords are derived from `secret`, so that they stay the same after a restart.
    `clock` is monotonic, in seconds.
    """

    def __init__(
        self, house: House, secret: str, chance: Random, clock: Callable[[], float]
    ) -> None:
        self._house = house
        self._chance = chance
        self._clock = clock
        self._waiting = deque(_arrivals(secret))
        self._signed_in: dict[str, tuple[DemoSession, SignIn]] = {}
        self._admitted = 0
        self._admit_at_s = 0.0
        self._renew_at_s = 0.0

    def step(self) -> float:
        """Do the next thing and return how many seconds to pause; a refusal is waited out."""
        try:
            return self._step()
        except NotDone as error:
            log.debug("not-done", status=error.status, problem=error.slug)
            return min(max(error.wait_s, 1.0), MAX_WAIT_S)

    def _step(self) -> float:
        if self._waiting and self._clock() >= self._admit_at_s:
            self._admit()
        lots = self._look()
        if self._clock() >= self._renew_at_s:
            self._renew_at_s = self._clock() + RENEWED_S
            self._offer_again(lots)
        self._bid(lots)
        pause = pause_s(lots, self._chance.random())
        return min(pause, max(self._admit_at_s - self._clock(), 0.5)) if self._waiting else pause

    def _admit(self) -> None:
        """Let the next one who waits register or sign in; drop who cannot."""
        self._admitted += 1
        at_once = self._admitted < ADMITTED_AT_ONCE
        self._admit_at_s = self._clock() + (1.0 if at_once else ADMISSION_S)
        entry = self._waiting.popleft()
        try:
            if entry.name is None:
                self._signed_in[entry.email] = (
                    self._house.sign_in(entry.email, entry.password),
                    entry,
                )
            else:
                self._house.register(entry.email, entry.password, entry.name)
        except NotDone as error:
            if error.status == HTTPStatus.CONFLICT:
                return  # registered at an earlier start
            if error.status == HTTPStatus.UNAUTHORIZED:
                log.debug("not-admitted", email=entry.email)
                return
            self._waiting.appendleft(entry)
            raise

    def _session(self, email: str) -> DemoSession:
        """Return a session that is good for a while; who lost theirs waits again."""
        session, entry = self._signed_in[email]
        if session.good_until_s - self._clock() < RENEWED_BEFORE_S:
            try:
                session = self._house.renew(session)
            except NotDone as error:
                if error.status == HTTPStatus.UNAUTHORIZED:
                    del self._signed_in[email]
                    self._waiting.append(entry)
                raise
            self._signed_in[email] = (session, entry)
        return session

    def _sellers(self) -> dict[str, str]:
        return {
            session.account_id: email
            for email, (session, _) in self._signed_in.items()
            if email in SELLERS
        }

    def _look(self) -> list[DemoLot]:
        """Return the demo's lots that are open or to come."""
        sellers = self._sellers()
        lots: list[Lot] = []
        for status in ("open", "scheduled") if sellers else ():
            cursor: str | None = None
            for _ in range(MAX_PAGES):
                page = self._house.list_lots(status, cursor)
                lots += page.lots
                cursor = page.next_cursor
                if cursor is None:
                    break
        return recognise(lots, sellers)

    def _offer_again(self, lots: list[DemoLot]) -> None:
        """Offer one thing again whose last lot has ended; what was never offered here is not."""
        sellers = set(self._sellers().values())
        for offer in missing_offers(lots, OFFERS):
            if offer.seller not in sellers:
                continue
            last = self._last_lot(offer)
            if last is None or not is_rested(last.ends_at_ms, last.now_ms):
                continue
            # Derived from the last lot's end, so that a repeated request is the same.
            starts_at_ms = last.ends_at_ms + offer.opens_in_s * 1000 if offer.opens_in_s else None
            draft = Draft(offer, offer.again_s, starts_at_ms, last.image_ids)
            session = self._session(offer.seller)
            auction_id = self._house.create(session, draft, f"demo after {last.id}")
            log.info("offered-again", auction_id=auction_id, offer=offer.name)
            return

    def _last_lot(self, offer: Offer) -> Lot | None:
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = self._house.list_own_lots(self._session(offer.seller), cursor)
            for lot in page.lots:
                if lot.title == offer.title:
                    return lot
            cursor = page.next_cursor
            if cursor is None:
                break
        return None

    def _bid(self, lots: list[DemoLot]) -> None:
        draws = Draws(*(self._chance.random() for _ in range(4)))
        people = [email for email in PEOPLE if email in self._signed_in]
        plan = plan_bid(lots, people, draws)
        if plan is None:
            return
        session = self._session(plan.person)
        if self._house.is_leading(session, plan.auction_id):
            return  # nobody bids against themselves
        self._house.place_bid(session, plan, secrets.token_hex(16))
        log.debug("bid", auction_id=plan.auction_id, person=plan.person)


def _arrivals(secret: str) -> list[SignIn]:
    """Return everybody in the order they sign in: bidders early, sellers between them."""
    sellers = [SignIn(email, PASSWORD) for email in dict.fromkeys(o.seller for o in OFFERS)]
    order: list[SignIn] = []
    for number, (email, name) in enumerate(PEOPLE.items()):
        order += sellers[number : number + 1]
        password = hmac.new(secret.encode(), email.encode(), hashlib.sha256).hexdigest()
        order += [SignIn(email, password, name), SignIn(email, password)]
    return order
