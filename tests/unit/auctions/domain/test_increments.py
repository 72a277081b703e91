from hypothesis import given
from hypothesis import strategies as st

from martelo.auctions.domain.increments import TABLE, fixed_step, step_at


class TestStepAt:
    def test_takes_the_band_of_the_price(self) -> None:
        steps = [step_at(cents, TABLE) for cents in (1, 99, 100, 2_499, 2_500, 499_999, 500_000)]

        assert steps == [5, 5, 25, 50, 100, 5_000, 10_000]

    @given(st.integers(1, 2**40))
    def test_is_the_same_everywhere_where_it_is_fixed(self, cents: int) -> None:
        assert step_at(cents, fixed_step(700)) == 700

    @given(st.integers(1, 2**40))
    def test_never_falls_as_the_price_rises(self, cents: int) -> None:
        assert step_at(cents, TABLE) <= step_at(cents + 1, TABLE)
