"""Stock: how many there are, how many are reserved, and who may change that."""

from dataclasses import dataclass, replace

from martelo.catalog.domain.refusals import BelowReserved, StaleVersion
from martelo.kernel.field_codes import FieldCode
from martelo.kernel.refusal import FieldError, InvalidInput

MAX_QUANTITY = 1_000_000


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock of one product; `version` counts the changes of `quantity`.

    Reservations do not change the version, so a seller's change never fails because of a sale.
    """

    quantity: int
    reserved: int = 0
    version: int = 1

    @property
    def available(self) -> int:
        """How many can still be reserved."""
        return self.quantity - self.reserved


@dataclass(frozen=True, slots=True)
class Replacement:
    """A seller's count: the stock becomes `quantity` if it still has `version`."""

    quantity: int
    version: int

    def __call__(self, stock: Stock) -> Stock:
        """Return the stock after it.

        Raises:
            StaleVersion: The quantity changed since.
            BelowReserved: More are reserved.
        """
        if self.version != stock.version:
            raise StaleVersion(stock.version)
        return _with_quantity(stock, self.quantity)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`delta` units came in, or left if it is negative; it needs no version."""

    delta: int

    def __call__(self, stock: Stock) -> Stock:
        """Return the stock after it.

        Raises:
            BelowReserved: More are reserved than would be left.
            InvalidInput: More would be left than can be counted.
        """
        return _with_quantity(stock, stock.quantity + self.delta)


Change = Replacement | Adjustment


def falls_low(before: Stock, after: Stock, low_at: int | None) -> bool:
    """Return whether what is available falls from above `low_at` to it or below."""
    return low_at is not None and after.available <= low_at < before.available


def _with_quantity(stock: Stock, quantity: int) -> Stock:
    if quantity < stock.reserved:
        raise BelowReserved(stock.reserved)
    if quantity > MAX_QUANTITY:
        bounds = {"min": 0, "max": MAX_QUANTITY}
        raise InvalidInput((FieldError("quantity", FieldCode.OUT_OF_RANGE, bounds),))
    if quantity == stock.quantity:
        return stock
    return replace(stock, quantity=quantity, version=stock.version + 1)
