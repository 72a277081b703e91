"""Intentions that take more than one step at the ports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from martelo.auctions.domain.answers import Done, Opened
from martelo.auctions.domain.auction import Auction, Person, Texts
from martelo.auctions.domain.creating import Draft, faults_of, text_faults
from martelo.auctions.domain.outages import Outage
from martelo.auctions.domain.refusals import (
    AuctionEnded,
    AuctionNotFound,
    IdempotencyKeyReused,
    InvalidAuction,
    OutageNotFound,
)
from martelo.auctions.ports.failures import OutcomeUnknown, StaleEdit
from martelo.auctions.ports.live_store import AuctionStore
from martelo.auctions.ports.outages import OutageHits, Outages
from martelo.auctions.ports.pictures import Pictures
from martelo.auctions.ports.readings import Cursor, Reading
from martelo.auctions.ports.record import Record
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import FieldError, Refusal

EDIT_TRIES = 5
ID_TRIES = 3
EXTENDED_PAGE = 100

Result = TypeVar("Result")


def raise_if_refused(answer: Result | Refusal) -> Result:
    """Return an answer, or raise it where it is a refusal."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


@dataclass(frozen=True, slots=True)
class Submission:
    """A draft as it was read, and the faults found in reading it."""

    draft: Draft
    faults: Sequence[FieldError]


def look_at_pictures(pictures: Pictures, seller: Person, submission: Submission) -> Submission:
    """Return a submission with the fault, if any, of pictures that are not the seller's own.

    Raises:
        ImagesUnavailable: It has pictures, and their owners cannot be read.
    """
    found = picture_faults(pictures, seller, submission.draft.image_ids)
    return replace(submission, faults=[*submission.faults, *found])


def create_auction(
    store: AuctionStore,
    next_id: Callable[[], AuctionId],
    seller: Person,
    submission: Submission,
    *,
    fingerprint: str = "",
) -> Opened:
    """Create an auction under an id from `next_id`.

    With a fingerprint (of a request that came with a key) `next_id` gives the id that the key
    derives, so that a repetition meets its own auction.

    Raises:
        InvalidAuction: Naming every field at fault, read or out of bounds.
        IdempotencyKeyReused: The key was used with another draft.
    """
    faults = list(submission.faults)
    known = {fault.field for fault in faults}
    bounds = faults_of(submission.draft, store.now_ms())
    faults += [fault for fault in bounds if fault.field not in known]
    if faults:
        raise InvalidAuction(tuple(faults))
    for _ in range(ID_TRIES):
        answer = store.create(next_id(), seller, submission.draft, fingerprint=fingerprint)
        # Without a key, "reused" says that a random id was taken: the next one will not be.
        if fingerprint or not isinstance(answer, IdempotencyKeyReused):
            return raise_if_refused(answer)
    raise OutcomeUnknown("every random id was taken")


def edit_auction(
    store: AuctionStore,
    pictures: Pictures,
    auction_id: AuctionId,
    by: Person,
    change: Callable[[Texts], Texts],
) -> Done:
    """Change texts and pictures as they stand when the store decides.

    Raises:
        InvalidAuction: What comes out is out of bounds.
        AuctionNotFound, AuctionEnded, NotTheSeller, EditNotAllowed: As the store says.
        OutcomeUnknown: Others kept changing it.
        ImagesUnavailable: It gets pictures, and their owners cannot be read; nothing was changed.
    """
    for _ in range(EDIT_TRIES):
        reading = store.read(auction_id, bids=0)
        if reading is None:
            raise AuctionNotFound
        auction = reading.auction
        texts = change(auction.texts)
        faults = [*text_faults(texts)]
        if by.account_id == auction.terms.seller_id:
            # What is in the lot was looked at when it came in; anyone else is refused below.
            added = [each for each in texts.image_ids if each not in auction.texts.image_ids]
            faults += picture_faults(pictures, by, added)
        if faults:
            raise InvalidAuction(tuple(faults))
        try:
            return raise_if_refused(store.edit(auction_id, by, texts, seq=auction.seq))
        except StaleEdit:
            continue
    raise OutcomeUnknown("the auction kept changing")


def extend_all(
    store: AuctionStore, by: Person, *, minutes: int, reason: str, key: str | None
) -> list[AuctionId]:
    """Move the end of every active auction; return those whose end was moved, by this key.

    Each is a decision of its own. If one's outcome is unknown the others before it are done, and
    a repetition with the same key moves only those that it has not moved yet.

    Raises:
        StoreUnavailable, OutcomeUnknown: Some may be done.
    """
    found: list[AuctionId] = []
    after: Cursor | None = None
    while True:
        readings, after = store.open_by_end(after, EXTENDED_PAGE)
        found += [reading.auction.id for reading in readings]
        if after is None:
            break
    extended: list[AuctionId] = []
    for auction_id in found:
        answer = store.extend(auction_id, by, minutes=minutes, reason=reason, key=key)
        # One that has ended meanwhile is over; a key's other use is the caller's mistake.
        if isinstance(answer, IdempotencyKeyReused):
            raise answer
        if not isinstance(answer, Refusal):
            extended.append(auction_id)
    return extended


def list_outages(store: AuctionStore, outages: Outages) -> list[OutageHits]:
    """Return the past outages on which nobody has decided and that hit auctions, newest first."""
    known = outages.known()
    found = [
        OutageHits(each, _hit_by(store, outages, each), each.minutes_until(known.now_ms))
        for each in known.past
    ]
    return [each for each in found if each.auction_ids]


def extend_after_outage(  # noqa: PLR0913 - the stores, and one argument a fact of the decision
    store: AuctionStore, outages: Outages, from_ms: int, by: Person, *, minutes: int, reason: str
) -> list[AuctionId]:
    """Move the ends of the auctions that the outage hit, and forget it; return which were moved.

    A repetition by the same person after a failure moves only those that were not moved yet.

    Raises:
        OutageNotFound: It is unknown, or somebody has decided on it.
        StoreUnavailable, OutcomeUnknown: Some may be done.
    """
    outage = next((each for each in outages.known().past if each.from_ms == from_ms), None)
    if outage is None:
        raise OutageNotFound
    key = f"outage-{from_ms}"
    moved = [
        auction_id
        for auction_id in _hit_by(store, outages, outage)
        if not isinstance(
            store.extend(auction_id, by, minutes=minutes, reason=reason, key=key), Refusal
        )
    ]
    outages.forget(from_ms)
    return moved


def dismiss_outage(outages: Outages, from_ms: int) -> None:
    """Leave the ends as they are.

    Raises:
        OutageNotFound: It is unknown, or somebody has decided on it.
    """
    if not outages.forget(from_ms):
        raise OutageNotFound


def _hit_by(store: AuctionStore, outages: Outages, outage: Outage) -> list[AuctionId]:
    ending = outages.auctions_ending(*outage.ends_hit_ms)
    readings = store.read_many(ending)
    return [
        auction_id
        for auction_id in ending
        if (reading := readings.get(auction_id)) and outage.has_hit(reading.auction)
    ]


def picture_faults(
    pictures: Pictures, seller: Person, image_ids: Sequence[str]
) -> list[FieldError]:
    """Return the fault of naming pictures that are not the seller's own; none for no pictures.

    Raises:
        ImagesUnavailable: Their owners cannot be read now.
    """
    if not image_ids:
        return []
    owners = pictures.owners_of(image_ids)
    # Another's picture and none at all get one answer: it reveals nothing of what others have.
    strange = [each for each in image_ids if owners.get(each) != seller.account_id]
    if not strange:
        return []
    return [FieldError("image_ids", FieldCode.NOT_YOUR_PICTURES, {"ids": strange})]


def find_auction(
    store: AuctionStore, record: Record, auction_id: AuctionId, *, reader: AccountId | None = None
) -> Reading:
    """Return an auction as the live store has it, else as the record does.

    Raises:
        AuctionNotFound: Neither knows it.
    """
    reading = store.read(auction_id, reader=reader)
    if reading is None:
        reading = record.read(auction_id, store.now_ms(), reader=reader)
    if reading is None:
        raise AuctionNotFound
    return reading


def find_ledger(
    store: AuctionStore, record: Record, auction_id: AuctionId
) -> tuple[Auction, AuctionStore | Record]:
    """Return an auction, and whichever of the two holds its ledger.

    Raises:
        AuctionNotFound: Neither knows it.
    """
    live = store.read(auction_id, bids=0)
    if live is not None:
        return live.auction, store
    archived = record.read(auction_id, store.now_ms(), bids=0)
    if archived is None:
        raise AuctionNotFound
    return archived.auction, record


def unless_archived(
    store: AuctionStore, record: Record, auction_id: AuctionId, answer: Result | Refusal
) -> Result | Refusal:
    """Return `answer`; of an auction that only the record knows, that it has ended."""
    if not isinstance(answer, AuctionNotFound):
        return answer
    reading = record.read(auction_id, store.now_ms(), bids=0)
    if reading is None or reading.auction.ending is None:
        return answer
    return AuctionEnded(reading.auction.status, reading.auction.ends_at_ms)
