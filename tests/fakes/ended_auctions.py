"""Ended auctions to write about."""

from martelo.agent.domain.facts import Facts, House, PublicBid, Status
from martelo.kernel.ids import AuctionId

OPENED_MS = 1_795_000_000_000
MINUTE_MS = 60_000

BIDS = tuple(
    PublicBid(
        number=number,
        shown=shown,
        amount_cents=cents,
        at_ms=OPENED_MS + number * MINUTE_MS,
        automatic=automatic,
    )
    for number, shown, cents, automatic in (
        (1, "A***a", 5_000, False),
        (2, "B***o", 20_000, False),
        (1, "A***a", 85_000, True),
    )
)


def sold(
    *,
    title: str = "Bolo de cenoura em 2 andares",
    description: str = "Com cobertura de chocolate, para 30 pessoas.",
    winner_name: str = "Ana Souza",
    seller_name: str = "Carla Lima",
    sold_by: str = "bid",
    house: House | None = None,
) -> Facts:
    is_bid = sold_by == "bid"
    return Facts(
        auction_id=AuctionId("07-6k9m2v4t8q1xz"),
        status=Status.SOLD,
        title=title,
        description=description,
        seller_name=seller_name,
        starting_cents=5_000,
        created_at_ms=OPENED_MS - MINUTE_MS,
        starts_at_ms=OPENED_MS,
        ends_at_ms=OPENED_MS + 60 * MINUTE_MS,
        closed_at_ms=OPENED_MS + 60 * MINUTE_MS,
        bid_count=3 if is_bid else 0,
        bidder_count=2 if is_bid else 0,
        reserve_met=None,
        sold_by=sold_by,
        final_cents=85_000,
        winner_name=winner_name,
        winner_shown="A***a",
        cancelled_by_seller=None,
        reason=None,
        extensions=1 if is_bid else 0,
        bids=BIDS if is_bid else (),
        house=house or House(),
    )


def unsold(*, has_bids: bool, title: str = "Vaso de cerâmica", house: House | None = None) -> Facts:
    return Facts(
        auction_id=AuctionId("03-2b7c"),
        status=Status.UNSOLD,
        title=title,
        description="",
        seller_name="Carla Lima",
        starting_cents=5_000,
        created_at_ms=OPENED_MS,
        starts_at_ms=OPENED_MS,
        ends_at_ms=OPENED_MS + 5 * MINUTE_MS,
        closed_at_ms=OPENED_MS + 5 * MINUTE_MS,
        bid_count=len(BIDS) if has_bids else 0,
        bidder_count=2 if has_bids else 0,
        reserve_met=False if has_bids else None,
        sold_by=None,
        final_cents=None,
        winner_name=None,
        winner_shown=None,
        cancelled_by_seller=None,
        reason=None,
        extensions=0,
        bids=BIDS if has_bids else (),
        house=house or House(),
    )


def cancelled(
    *,
    by_seller: bool,
    reason: str | None = "O lote quebrou no transporte",
    title: str = "Vaso de cerâmica",
    house: House | None = None,
) -> Facts:
    return Facts(
        auction_id=AuctionId("03-9z1k"),
        status=Status.CANCELLED,
        title=title,
        description="",
        seller_name="Carla Lima",
        starting_cents=5_000,
        created_at_ms=OPENED_MS,
        starts_at_ms=OPENED_MS,
        ends_at_ms=OPENED_MS + 5 * MINUTE_MS,
        closed_at_ms=OPENED_MS + 3 * MINUTE_MS,
        bid_count=0 if by_seller else len(BIDS),
        bidder_count=0 if by_seller else 2,
        reserve_met=None,
        sold_by=None,
        final_cents=None,
        winner_name=None,
        winner_shown=None,
        cancelled_by_seller=by_seller,
        reason=reason,
        extensions=0,
        bids=() if by_seller else BIDS,
        house=house or House(),
    )
