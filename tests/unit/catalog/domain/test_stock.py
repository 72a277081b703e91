import pytest

from martelo.catalog.domain.refusals import BelowReserved, StaleVersion
from martelo.catalog.domain.stock import MAX_QUANTITY, Adjustment, Replacement, Stock, falls_low
from martelo.kernel.refusal import InvalidInput

STOCK = Stock(quantity=10, reserved=4, version=7)


class TestReplacement:
    def test_sets_the_quantity_and_counts_the_change(self) -> None:
        assert Replacement(4, version=7)(STOCK) == Stock(4, 4, 8)

    def test_changes_nothing_where_the_quantity_is_the_same(self) -> None:
        assert Replacement(10, version=7)(STOCK) == STOCK

    def test_is_refused_where_the_quantity_changed_since(self) -> None:
        with pytest.raises(StaleVersion) as refused:
            Replacement(10, version=6)(STOCK)

        assert refused.value.version == 7

    def test_is_refused_below_what_is_reserved(self) -> None:
        with pytest.raises(BelowReserved) as refused:
            Replacement(3, version=7)(STOCK)

        assert refused.value.reserved == 4


class TestAdjustment:
    @pytest.mark.parametrize(("delta", "after"), [(5, Stock(15, 4, 8)), (-6, Stock(4, 4, 8))])
    def test_needs_no_version(self, delta: int, after: Stock) -> None:
        assert Adjustment(delta)(STOCK) == after

    def test_is_refused_below_what_is_reserved(self) -> None:
        with pytest.raises(BelowReserved):
            Adjustment(-7)(STOCK)

    def test_is_refused_above_what_can_be_counted(self) -> None:
        with pytest.raises(InvalidInput):
            Adjustment(MAX_QUANTITY)(STOCK)


@pytest.mark.parametrize(
    ("before", "after", "low_at", "falls"),
    [
        (Stock(6), Stock(5), 5, True),
        (Stock(6), Stock(0), 5, True),
        (Stock(6), Stock(6, reserved=1), 5, True),
        (Stock(5), Stock(4), 5, False),
        (Stock(5), Stock(6), 5, False),
        (Stock(6), Stock(0), None, False),
    ],
)
def test_falls_low_once_a_crossing(
    before: Stock, after: Stock, low_at: int | None, *, falls: bool
) -> None:
    assert falls_low(before, after, low_at) == falls
