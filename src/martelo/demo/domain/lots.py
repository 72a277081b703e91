"""A lot of the demo as the house shows it."""

from dataclasses import dataclass

from martelo.demo.domain.catalogue import Offer, find_offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """An auction of anybody's; `now_ms` is the house's clock when it was read.

    `minimum_cents` is the lowest bid accepted, `None` once it has ended. `is_buyable` says that it
    can still be bought at once.
    """

    id: str
    title: str
    seller_id: str
    status: str
    minimum_cents: int | None
    is_buyable: bool
    image_ids: tuple[str, ...]
    starts_at_ms: int
    ends_at_ms: int
    now_ms: int

    @property
    def left_s(self) -> float:
        """The time until its end."""
        return (self.ends_at_ms - self.now_ms) / 1000

    @property
    def elapsed(self) -> float:
        """The share of its time that is over, from 0 to 1."""
        duration_ms = max(self.ends_at_ms - self.starts_at_ms, 1)
        return min(max((self.now_ms - self.starts_at_ms) / duration_ms, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class DemoLot:
    """A lot that was made from an offer of the demo."""

    lot: Lot
    offer: Offer


def recognise(lots: list[Lot], sellers: dict[str, str]) -> list[DemoLot]:
    """Return the demo's lots; `sellers` are their e-mail addresses by account id."""
    known = []
    for lot in lots:
        seller = sellers.get(lot.seller_id)
        offer = None if seller is None else find_offer(lot.title, seller)
        if offer is not None:
            known.append(DemoLot(lot, offer))
    return known
