"""Bids that come over a socket: the same request, rules and answers as `POST /place-bid`."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from martelo.auctions.admission import BidMessage, admit
from martelo.auctions.domain.answers import Placed
from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.refusals import AuctionEnded, AuctionNotFound
from martelo.auctions.domain.standing import Standing
from martelo.auctions.live.bids.batches import Batches, Outcome
from martelo.auctions.live.hub.archive import Archive
from martelo.auctions.wire import answers
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.instants import parse_instant
from martelo.runtime.buckets import TokenBuckets
from martelo.runtime.identity.tokens import Admission, Identity, TokenVerifier

BidAnswer = answers.Json | Exception
"""The members of the answer to an accepted bid, or why it was not accepted."""

OnAnswer = Callable[[BidAnswer], None]


class Standings(Protocol):
    """The asynchronous twin of `ports.Standings`."""

    def cached(self, account_id: AccountId) -> Standing | None:
        """Return an account's standing if it was read less than 5 seconds ago."""

    async def of(self, account_id: AccountId) -> Standing:
        """Return an account's standing, at most 5 seconds old."""


class Bidding:
    """Admits bids, sends them to the store and answers them.

    `buckets` count the bids of an account; `None` where rate limits are off.
    """

    def __init__(  # noqa: PLR0913 - what bidding is made of
        self,
        *,
        batches: Batches,
        standings: Standings,
        verifier: TokenVerifier,
        buckets: TokenBuckets | None,
        archive: Archive,
        parse_id: Callable[[str], AuctionId | None],
    ) -> None:
        self._batches = batches
        self._standings = standings
        self._verifier = verifier
        self._buckets = buckets
        self._archive = archive
        self._parse_id = parse_id
        self._without_standing: dict[AccountId, list[Callable[[Standing | Exception], None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def authenticate(self, proof: str) -> Admission:
        """Return for whom a connection acts, by access token, live ticket or API key.

        Raises:
            Unauthenticated, AccountsUnavailable: As in HTTP.
        """
        # In a thread: keys may have to be fetched first.
        return await asyncio.to_thread(self._verifier.admit, proof)

    async def identify(self, proof: str) -> Identity:
        """Return who sends one message, by access token or API key.

        Raises:
            Unauthenticated, AccountsUnavailable: As in HTTP.
        """
        is_key = proof.startswith("mk_")
        check = self._verifier.exchange if is_key else self._verifier.verify
        return await asyncio.to_thread(check, proof)

    def place(self, message: BidMessage, on_answer: OnAnswer) -> None:
        """Place a bid; `on_answer` is called once, at once or later, and must not raise.

        The bids of one account are admitted in the order in which they come.
        """
        account_id = message.bidder.account_id
        waiting = self._without_standing.get(account_id)
        standing = self._standings.cached(account_id)
        if standing is not None and waiting is None:
            self._place(message, standing, on_answer)
            return

        def resume(standing: Standing | Exception) -> None:
            self._place(message, standing, on_answer)

        if waiting is not None:
            waiting.append(resume)
        else:
            self._without_standing[account_id] = [resume]
            self._spawn(self._read_standing(account_id))

    async def answer_to(self, message: BidMessage) -> answers.Json:
        """Place a bid and return its answer.

        Raises:
            Refusal: As the rules say.
            ScopeMissing, RateLimited: As in HTTP.
            StoreUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened.
        """
        answered: asyncio.Future[BidAnswer] = asyncio.get_running_loop().create_future()

        def on_answer(answer: BidAnswer) -> None:
            if not answered.done():
                answered.set_result(answer)

        self.place(message, on_answer)
        answer = await answered
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _read_standing(self, account_id: AccountId) -> None:
        standing: Standing | Exception
        try:
            standing = await self._standings.of(account_id)
        except Exception as error:  # noqa: BLE001 - the edge: every bid is answered
            standing = error
        for resume in self._without_standing.pop(account_id):
            resume(standing)

    def _place(
        self, message: BidMessage, standing: Standing | Exception, on_answer: OnAnswer
    ) -> None:
        def standing_of(_account_id: AccountId) -> Standing:
            if isinstance(standing, Exception):
                raise standing
            return standing

        try:
            auction_id, bid = admit(
                message,
                buckets=self._buckets,
                standing_of=standing_of,
                parse_id=self._parse_id,
                now_ms=time.time_ns() // 1_000_000,
            )
        except Exception as error:  # noqa: BLE001 - the edge: every bid is answered
            on_answer(error)
        else:
            self._send(auction_id, bid, on_answer)

    def _send(self, auction_id: AuctionId, bid: Bid, on_answer: OnAnswer) -> None:
        def on_outcome(outcome: Outcome) -> None:
            if isinstance(outcome, Placed):
                on_answer(answers.placed_bid(auction_id, outcome))
            elif isinstance(outcome, AuctionNotFound):
                self._spawn(self._look_in_record(auction_id, on_answer))
            else:
                on_answer(outcome)

        self._batches.place(auction_id, bid, on_outcome)

    async def _look_in_record(self, auction_id: AuctionId, on_answer: OnAnswer) -> None:
        """Answer that an auction which only the record holds has ended."""
        answer: Exception
        try:
            view = await self._archive.read(auction_id)
            answer = AuctionEnded(Status(view["status"]), parse_instant(view["ends_at"]) or 0)
        except Exception as error:  # noqa: BLE001 - the edge: every bid is answered
            answer = error
        on_answer(answer)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
