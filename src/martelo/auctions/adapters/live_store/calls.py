"""One call per decision: its function, keys and arguments, and the answer's meaning.

Nothing here does I/O, so the synchronous and the asynchronous clients decide alike. Every reply
word of `auctions.lua` is mapped; an unknown one is a broken store, not a refusal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from martelo.auctions.adapters.live_store.keys import auction_keys, partition_keys, partition_of
from martelo.auctions.adapters.live_store.ledger_codec import created_entry, decode_auction
from martelo.auctions.domain.answers import Announced, Bought, Done, Ended, Opened, Placed
from martelo.auctions.domain.auction import Auction, Person, Status, Texts
from martelo.auctions.domain.bidding import Bid
from martelo.auctions.domain.creating import DEFAULT_CAP_S, Draft, texts_of
from martelo.auctions.domain.entries import BidOutcome
from martelo.auctions.domain.increments import TABLE, fixed_step
from martelo.auctions.domain.masking import Names
from martelo.auctions.domain.refusals import (
    AmountNeedsConfirmation,
    AuctionEnded,
    AuctionNotFound,
    AuctionNotOpen,
    BidderExcluded,
    BidTooLow,
    BuyNowUnavailable,
    CancelNotAllowed,
    CeilingTooLow,
    EditNotAllowed,
    IdempotencyKeyReused,
    InvalidAuction,
    NoBidsToVoid,
    NotTheSeller,
    SellerCannotBid,
    TooManyEntries,
)
from martelo.auctions.domain.voiding import MAX_ENTRIES
from martelo.auctions.ports.failures import StaleEdit
from martelo.auctions.ports.readings import Reading
from martelo.auctions.public_entries import (
    DECODER,
    PublicBid,
    PublicCreated,
    PublicEntry,
    PublicTerms,
    PublicTexts,
    Seller,
)
from martelo.contracts.channels import FINISHED_CHANNEL
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.ids import AccountId, AuctionId
from martelo.kernel.refusal import FieldError, Refusal

Reply = list[Any]

_NAME = msgspec.json.Decoder(str)

MAX_BIDS = 128
"""Bids in one call: the store decides nothing else meanwhile, for some 4 ms."""


class BrokenStore(Exception):  # noqa: N818 - says what is found
    """The store answered a word that this code does not know."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function call: `FCALL function len(keys) *keys *args`, or `FCALL_RO`."""

    function: str
    keys: tuple[str, ...]
    args: tuple[str | int | bytes, ...]
    reads_only: bool = False

    @property
    def command(self) -> tuple[str | int | bytes, ...]:
        """The words to send."""
        name = "FCALL_RO" if self.reads_only else "FCALL"
        return (name, self.function, len(self.keys), *self.keys, *self.args)


def json_text(value: object) -> str:
    """Return `value` as the JSON literal that goes into public entries."""
    return msgspec.json.encode(value).decode()


def create_call(auction_id: AuctionId, seller: Person, draft: Draft, fingerprint: str) -> Call:
    """Return the call that creates an auction."""
    keys, partition = auction_keys(auction_id), partition_keys(partition_of(auction_id))
    bands = TABLE if draft.min_increment_cents is None else fixed_step(draft.min_increment_cents)
    flat = tuple(value for band in bands for value in band)
    window_s, cap_s = draft.soft_close_window_s, draft.soft_close_cap_s
    cap_s = DEFAULT_CAP_S if cap_s is None else cap_s
    terms = PublicTerms(
        seller=Seller(seller.account_id),
        starting_cents=draft.starting_cents,
        bands=flat,
        min_increment_cents=draft.min_increment_cents,
        buy_now_cents=draft.buy_now_cents,
        cap_ms=cap_s * 1000,
        product_id=draft.product_id,
    )
    return Call(
        "auctions_create",
        (keys.auction, keys.ledger, partition.ends, partition.marks),
        (
            auction_id,
            keys.channel,
            seller.account_id,
            json_text(seller.name),
            draft.starts_at_ms or 0,
            draft.ends_at_ms or 0,
            draft.duration_ms or 0,
            draft.starting_cents,
            json_text(flat),
            draft.reserve_cents or 0,
            draft.buy_now_cents or 0,
            -1 if window_s is None else window_s,
            cap_s,
            json_text(_public_texts(texts_of(draft))),
            json_text(terms),
            fingerprint,
        ),
    )


def opened(auction_id: AuctionId, reply: Reply) -> Opened | Refusal:
    """Return what a creation answered."""
    match reply:
        case [b"created" | b"replayed" as word, bytes() as public, bytes() as private]:
            entry = DECODER.decode(public)
            if not isinstance(entry, PublicCreated):
                raise BrokenStore(public)
            return Opened(created_entry(auction_id, entry, private), word == b"replayed")
        case [b"invalid", *fields]:
            names = [field.decode() for field in fields]
            return InvalidAuction(tuple(FieldError(name, FieldCode.INVALID) for name in names))
        case _:
            return _refusal(reply)


def place_bid_call(auction_id: AuctionId, bid: Bid, *, confirmation_factor: int = 0) -> Call:
    """Return the call that places `bid`."""
    return _bids_call("auctions_bid", auction_id, (bid,), confirmation_factor)


def place_many_call(
    auction_id: AuctionId, bids: Sequence[Bid], *, confirmation_factor: int = 0
) -> Call:
    """Return the call that places `bids` one after another, at most `MAX_BIDS`."""
    if len(bids) > MAX_BIDS:
        raise ValueError(f"{len(bids)} bids in one call")
    return _bids_call("auctions_bid_many", auction_id, bids, confirmation_factor)


def _bids_call(function: str, auction_id: AuctionId, bids: Sequence[Bid], factor: int) -> Call:
    keys, partition = auction_keys(auction_id), partition_keys(partition_of(auction_id))
    words: list[str | int] = [auction_id, keys.channel, factor]
    for bid in bids:
        words += (
            bid.by.account_id,
            json_text(bid.by.name),
            bid.amount_cents or 0,
            bid.max_cents or 0,
            bid.key or "",
            bid.confirmed_cents or 0,
        )
    return Call(
        function,
        (keys.auction, keys.bids, keys.ledger, keys.keys, partition.ends, partition.marks),
        tuple(words),
    )


def placed_many(replies: list[Reply]) -> list[Placed | Refusal]:
    """Return what each bid answered, in order."""
    return [placed(reply) for reply in replies]


_OUTCOMES = {each.value.encode(): each for each in BidOutcome}


def placed(reply: Reply) -> Placed | Refusal:
    """Return what a bid answered."""
    match reply:
        case [b"placed" | b"replayed" as word, outcome, seq, sub, price, minimum, *rest]:
            bid_count, ends_at, at, number = rest
            return Placed(
                outcome=_OUTCOMES[outcome],
                seq=seq,
                sub=sub,
                price_cents=price,
                minimum_cents=minimum,
                bid_count=bid_count,
                ends_at_ms=ends_at,
                at_ms=at,
                number=number,
                replayed=word == b"replayed",
            )
        case _:
            return _refusal(reply)


def buy_now_call(auction_id: AuctionId, buyer: Person, key: str | None) -> Call:
    """Return the call that buys at the buy-now price."""
    return Call(
        "auctions_buy_now",
        _ending_keys(auction_id),
        (
            auction_id,
            auction_keys(auction_id).channel,
            FINISHED_CHANNEL,
            buyer.account_id,
            json_text(buyer.name),
            key or "",
        ),
    )


def bought(reply: Reply) -> Bought | Refusal:
    """Return what a purchase answered."""
    match reply:
        case [b"bought" | b"replayed" as word, int() as seq, int() as price, int() as at_ms]:
            return Bought(seq, price, at_ms, replayed=word == b"replayed")
        case _:
            return _refusal(reply)


def cancel_call(
    auction_id: AuctionId, by: Person, *, reason: str, is_admin: bool, key: str | None
) -> Call:
    """Return the call that cancels."""
    return Call(
        "auctions_cancel",
        _ending_keys(auction_id),
        (
            auction_id,
            auction_keys(auction_id).channel,
            FINISHED_CHANNEL,
            by.account_id,
            int(is_admin),
            json_text(reason),
            key or "",
        ),
    )


def cancelled(reply: Reply) -> Done | Refusal:
    """Return what a cancellation answered."""
    match reply:
        case [b"cancelled" | b"replayed" as word, int() as seq, int() as at_ms]:
            return Done(seq, at_ms, replayed=word == b"replayed")
        case [b"not_allowed"]:
            return CancelNotAllowed()
        case _:
            return _refusal(reply)


def extend_call(
    auction_id: AuctionId, by: Person, *, minutes: int, reason: str, key: str | None
) -> Call:
    """Return the call that moves the end by `minutes`."""
    keys, partition = auction_keys(auction_id), partition_keys(partition_of(auction_id))
    return Call(
        "auctions_extend",
        (keys.auction, keys.ledger, keys.keys, partition.ends, partition.marks),
        (
            auction_id,
            keys.channel,
            by.account_id,
            minutes,
            json_text(reason),
            key or "",
        ),
    )


def extended(reply: Reply) -> Done | Refusal:
    """Return what an extension answered."""
    match reply:
        case [b"extended" | b"replayed" as word, int() as seq, int() as at_ms]:
            return Done(seq, at_ms, replayed=word == b"replayed")
        case _:
            return _refusal(reply)


def void_call(
    auction_id: AuctionId, by: Person, *, number: int, reason: str, key: str | None
) -> Call:
    """Return the call that voids the bids of bidder `number`."""
    keys = auction_keys(auction_id)
    return Call(
        "auctions_void",
        (keys.auction, keys.bids, keys.ledger, keys.keys),
        (
            auction_id,
            keys.channel,
            by.account_id,
            number,
            json_text(reason),
            key or "",
            MAX_ENTRIES,
        ),
    )


def voided(reply: Reply) -> Done | Refusal:
    """Return what voiding answered."""
    match reply:
        case [b"voided" | b"replayed" as word, int() as seq, int() as at_ms]:
            return Done(seq, at_ms, replayed=word == b"replayed")
        case _:
            return _refusal(reply)


def edit_call(auction_id: AuctionId, by: Person, texts: Texts, seq: int) -> Call:
    """Return the call that replaces the texts of an auction at `seq`."""
    keys = auction_keys(auction_id)
    return Call(
        "auctions_edit",
        (keys.auction, keys.ledger),
        (auction_id, keys.channel, by.account_id, seq, json_text(_public_texts(texts))),
    )


def edited(reply: Reply) -> Done | Refusal:
    """Return what an edit answered.

    Raises:
        StaleEdit: The auction is no longer at the given `seq`.
    """
    match reply:
        case [b"edited", int() as seq, int() as at_ms]:
            return Done(seq, at_ms)
        case [b"not_allowed"]:
            return EditNotAllowed()
        case [b"stale"]:
            raise StaleEdit
        case _:
            return _refusal(reply)


def close_call(auction_ids: Sequence[AuctionId]) -> Call:
    """Return the call that closes those of one partition whose time is over."""
    partition = partition_keys(partition_of(auction_ids[0]))
    named = [(auction_id, auction_keys(auction_id)) for auction_id in auction_ids]
    hashes_and_ledgers = (key for _, keys in named for key in (keys.auction, keys.ledger))
    ids_and_channels = (word for name, keys in named for word in (name, keys.channel))
    return Call(
        "auctions_close",
        (partition.ends, partition.marks, partition.finished, *hashes_and_ledgers),
        (FINISHED_CHANNEL, *ids_and_channels),
    )


def closed(replies: list[Reply]) -> list[Ended | None]:
    """Return what each closing came to."""
    return [_ended(reply) for reply in replies]


def announce_call(auction_ids: Sequence[AuctionId]) -> Call:
    """Return the call that announces those of one partition whose end is near."""
    partition = partition_keys(partition_of(auction_ids[0]))
    named = [(auction_id, auction_keys(auction_id)) for auction_id in auction_ids]
    hashes_and_ledgers = (key for _, keys in named for key in (keys.auction, keys.ledger))
    ids_and_channels = (word for name, keys in named for word in (name, keys.channel))
    return Call(
        "auctions_announce", (partition.marks, *hashes_and_ledgers), tuple(ids_and_channels)
    )


def announced(replies: list[Reply]) -> list[Announced | None]:
    """Return what each announcement came to."""
    return [_announced(reply) for reply in replies]


def due_call(index: str, limit: int) -> Call:
    """Return the call that reads what is due in a partition's index, by its server's clock."""
    return Call("auctions_due", (index,), (limit,), reads_only=True)


def due(reply: list[bytes]) -> list[AuctionId]:
    """Return the auctions that are due."""
    return [AuctionId(member.decode()) for member in reply]


def read_call(auction_id: AuctionId, reader: AccountId | None, bids: int) -> Call:
    """Return the call that reads an auction and its newest `bids`."""
    keys = auction_keys(auction_id)
    return Call(
        "auctions_read",
        (keys.auction, keys.ledger, keys.viewers),
        (reader or "", bids),
        reads_only=True,
    )


def reading(auction_id: AuctionId, reader: AccountId | None, reply: Reply) -> Reading | None:
    """Return what a read answered; `None` where the auction is not live."""
    match reply:
        case [b"auction", now_ms, state, texts, terms, number, viewers, bids, flat]:
            numbers = {reader: number} if reader is not None and number else {}
            auction = decode_auction(auction_id, state, texts, terms, numbers)
            newest = tuple(_public_bid(bid) for bid in bids)
            found = names(flat[::2], flat[1::2])
            return Reading(
                auction, max(now_ms, auction.at_ms), viewers, newest, number or None, found
            )
        case [b"not_found"]:
            return None
        case _:
            raise _broken(reply)


def watch_call(auction_id: AuctionId, process: str, count: int, ttl_ms: int) -> Call:
    """Return the call that says how many viewers `process` has; it answers how many there are."""
    return Call("auctions_watch", (auction_keys(auction_id).viewers,), (process, count, ttl_ms))


def decode_row(
    auction_id: AuctionId, row: Sequence[bytes | None], numbers: dict[AccountId, int] | None = None
) -> Auction | None:
    """Return the auction that `HMGET <hash> s t c` answered, or `None` where it is not live."""
    state, texts, terms = row
    if state is None or texts is None or terms is None:
        return None
    return decode_auction(auction_id, state, texts, terms, numbers or {})


def public_rows(rows: Sequence[tuple[bytes, Mapping[bytes, bytes]]]) -> list[PublicEntry]:
    """Return the public entries among ledger rows; raises have no public part."""
    return [DECODER.decode(fields[b"p"]) for _, fields in rows if b"p" in fields]


def names_words(auction_id: AuctionId, numbers: Sequence[int]) -> tuple[str, ...]:
    """Return the command that reads the names of `numbers` in a lot."""
    return ("HMGET", auction_keys(auction_id).auction, *(f"m:{number}" for number in numbers))


def names(numbers: Sequence[int], row: Sequence[bytes | None]) -> Names:
    """Return what was answered to `names_words`."""
    found = zip(numbers, row, strict=True)
    return {number: _NAME.decode(name) for number, name in found if name is not None}


def count_viewers(values: Sequence[bytes], now_ms: int) -> int:
    """Return how many viewers the processes' `<count>:<until ms>` add up to at `now_ms`."""
    pairs = (value.split(b":") for value in values)
    return sum(int(count) for count, until_ms in pairs if int(until_ms) > now_ms)


def _ending_keys(auction_id: AuctionId) -> tuple[str, ...]:
    keys, partition = auction_keys(auction_id), partition_keys(partition_of(auction_id))
    return (
        keys.auction,
        keys.ledger,
        keys.keys,
        partition.ends,
        partition.marks,
        partition.finished,
    )


def _public_texts(texts: Texts) -> PublicTexts:
    return PublicTexts(texts.title, texts.description, texts.category, texts.image_ids)


def _public_bid(public: bytes) -> PublicBid:
    entry = DECODER.decode(public)
    if not isinstance(entry, PublicBid):
        raise BrokenStore(public)
    return entry


def _ended(reply: Reply) -> Ended | None:
    match reply:
        case [b"sold" | b"unsold" as status, int() as seq, int() as at_ms]:
            return Ended(Status(status.decode()), seq, at_ms)
        case [b"nothing_due" | b"not_found"]:
            return None
        case _:
            raise _broken(reply)


def _announced(reply: Reply) -> Announced | None:
    match reply:
        case [b"ending_soon", int() as seq, int() as at_ms, int() as minutes]:
            return Announced(seq, at_ms, minutes)
        case [b"nothing_due" | b"not_found"]:
            return None
        case _:
            raise _broken(reply)


_REFUSALS_WITHOUT_FIELDS: Mapping[bytes, type[Refusal]] = {
    b"not_found": AuctionNotFound,
    b"key_reused": IdempotencyKeyReused,
    b"seller": SellerCannotBid,
    b"excluded": BidderExcluded,
    b"no_bids": NoBidsToVoid,
    b"too_many": TooManyEntries,
    b"unavailable": BuyNowUnavailable,
    b"not_the_seller": NotTheSeller,
}


def _refusal(reply: Reply) -> Refusal:
    match reply:
        case [bytes() as word] if word in _REFUSALS_WITHOUT_FIELDS:
            return _REFUSALS_WITHOUT_FIELDS[word]()
        case [b"ended", bytes() as status, int() as ends_at_ms]:
            return AuctionEnded(Status(status.decode()), ends_at_ms)
        case [b"not_open", int() as starts_at_ms]:
            return AuctionNotOpen(starts_at_ms)
        case [b"too_low", int() as minimum_cents, int() as price_cents]:
            return BidTooLow(minimum_cents, price_cents or None)
        case [b"needs_confirmation", int() as amount_cents, int() as minimum_cents]:
            return AmountNeedsConfirmation(amount_cents, minimum_cents)
        case [b"ceiling_too_low", int() as least_cents]:
            return CeilingTooLow(least_cents)
        case _:
            raise _broken(reply)


def _broken(reply: object) -> BrokenStore:
    return BrokenStore(repr(reply)[:200])
