"""Facts of ended auctions, from ledgers that the rules of auctions write."""

from dataclasses import replace

from martelo.agent.domain.facts import Facts, House, PublicBid, Status
from martelo.auctions.domain.auction import Auction, Canceller, Person
from martelo.auctions.domain.bidding import Bid, place_bid
from martelo.auctions.domain.closing import buy_now, cancel, close
from martelo.auctions.domain.creating import Draft, create
from martelo.auctions.domain.entries import BidPlaced, Cancelled, Closed, Created, apply, replay
from martelo.auctions.domain.masking import mask_name
from martelo.kernel.ids import AccountId, AuctionId

OPENED_MS = 1_795_000_000_000
MINUTE_MS = 60_000
CARLA, ANA, BRUNO, ADMIN = (
    Person(AccountId(f"00000000-0000-4000-8000-{number:012d}"), name)
    for number, name in enumerate(("Carla Lima", "Ana Souza", "Bruno", "Davi"))
)
NAMES = {person.account_id: person.name for person in (CARLA, ANA, BRUNO, ADMIN)}
BIDS = (
    Bid(ANA, max_cents=50_000),
    Bid(BRUNO, amount_cents=20_000),
    Bid(ANA, amount_cents=85_000),
)
"""The first is automatic: it answers the second, and its bidder then bids over it."""

Ledger = list[Created | BidPlaced | Closed | Cancelled]


def sold(
    *,
    title: str = "Bolo de cenoura em 2 andares",
    description: str = "Com cobertura de chocolate, para 30 pessoas.",
    winner_name: str = "Ana Souza",
    seller_name: str = "Carla Lima",
    sold_by: str = "bid",
    house: House | None = None,
) -> Facts:
    """Return the facts of a sale for R$ 850.00, by three bids of two people or by buy now."""
    ledger = _sold_by_bids() if sold_by == "bid" else _bought_now()
    facts = _facts(AuctionId("07-6k9m2v4t8q1xz"), ledger, title, house)
    return replace(facts, description=description, winner_name=winner_name, seller_name=seller_name)


def unsold(*, has_bids: bool, title: str = "Vaso de cerâmica", house: House | None = None) -> Facts:
    """Return the facts of an auction without bids, or with bids below the reserve."""
    ledger = _created(_draft(minutes=5, reserve_cents=100_000 if has_bids else None))
    if has_bids:
        _bid(ledger, 1, 2, 3)
    _close(ledger)
    return _facts(AuctionId("03-2b7c"), ledger, title, house)


def cancelled(
    *,
    by_seller: bool,
    reason: str | None = "O lote quebrou no transporte",
    title: str = "Vaso de cerâmica",
    house: House | None = None,
) -> Facts:
    """Return the facts of a cancellation: by the seller without bids, by an admin with bids."""
    ledger = _created(_draft(minutes=5))
    if not by_seller:
        _bid(ledger, 1, 2, 2)
    by, at_ms = CARLA if by_seller else ADMIN, OPENED_MS + 3 * MINUTE_MS
    entry = cancel(
        replay(ledger), by, reason=reason or "", is_admin=not by_seller, key=None, now_ms=at_ms
    )
    return _facts(AuctionId("03-9z1k"), [*ledger, entry], title, house)


def _sold_by_bids() -> Ledger:
    ledger = _created(_draft(minutes=59))
    # The last bid comes in the window before the end, and moves it by a minute.
    _bid(ledger, 1, 2, 58)
    _close(ledger)
    return ledger


def _bought_now() -> Ledger:
    ledger = _created(_draft(minutes=120, buy_now_cents=85_000))
    ledger.append(buy_now(replay(ledger), ANA, None, OPENED_MS + 60 * MINUTE_MS))
    return ledger


def _draft(
    *, minutes: int, reserve_cents: int | None = None, buy_now_cents: int | None = None
) -> Draft:
    return Draft(
        "Lote",
        "",
        5_000,
        starts_at_ms=OPENED_MS,
        duration_ms=minutes * MINUTE_MS,
        reserve_cents=reserve_cents,
        buy_now_cents=buy_now_cents,
    )


def _created(draft: Draft) -> Ledger:
    return [create(AuctionId("00-0"), CARLA, draft, OPENED_MS - MINUTE_MS)]


def _bid(ledger: Ledger, *minutes: int) -> None:
    auction = replay(ledger)
    for bid, minute in zip(BIDS, minutes, strict=True):
        entry = place_bid(auction, bid, OPENED_MS + minute * MINUTE_MS)
        assert isinstance(entry, BidPlaced)
        ledger.append(entry)
        auction = apply(auction, entry)


def _close(ledger: Ledger) -> None:
    auction = replay(ledger)
    entry = close(auction, auction.ends_at_ms)
    assert entry is not None
    ledger.append(entry)


def _facts(auction_id: AuctionId, ledger: Ledger, title: str, house: House | None) -> Facts:
    auction = replay(ledger)
    terms, ending = auction.terms, auction.ending
    assert ending is not None
    bids = [entry for entry in ledger if isinstance(entry, BidPlaced)]
    ends = [terms.first_ends_at_ms, *(bid.ends_at_ms for bid in bids)]
    winner = _winner(auction)
    return Facts(
        auction_id=auction_id,
        status=Status(auction.status),
        title=title,
        description="",
        seller_name=NAMES[terms.seller_id],
        starting_cents=terms.starting_cents,
        created_at_ms=terms.created_at_ms,
        starts_at_ms=terms.starts_at_ms,
        ends_at_ms=auction.ends_at_ms,
        closed_at_ms=ending.closed_at_ms,
        bid_count=auction.bid_count,
        bidder_count=len({bid.number for bid in bids}),
        reserve_met=auction.reserve_met,
        sold_by=ending.sold_by,
        final_cents=auction.lead.price_cents if winner and auction.lead else None,
        winner_name=winner,
        winner_shown=mask_name(winner) if winner else None,
        cancelled_by_seller=(
            None if ending.cancelled_by is None else ending.cancelled_by is Canceller.SELLER
        ),
        reason=ending.reason or None,
        extensions=len(set(ends)) - 1,
        bids=tuple(map(_public_bid, bids)),
        house=house or House(),
    )


def _winner(auction: Auction) -> str | None:
    sold = auction.status.value == Status.SOLD.value
    return NAMES[auction.lead.account_id] if auction.lead and sold else None


def _public_bid(entry: BidPlaced) -> PublicBid:
    return PublicBid(
        number=entry.number,
        shown=mask_name(NAMES[entry.by]),
        amount_cents=entry.stands_cents,
        at_ms=entry.at_ms,
        automatic=entry.automatic,
    )
