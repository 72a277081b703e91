import pytest

from martelo.accounts.roles import WHO_MAY_SELL, may_sell


class TestMaySell:
    @pytest.mark.parametrize(
        ("roles", "where"),
        [
            (("buyer",), {"everybody"}),
            (("buyer", "seller"), {"everybody", "approved"}),
            (("buyer", "admin"), {"everybody", "approved", "house"}),
        ],
    )
    def test_is_true_where_the_house_lets_such_people(
        self, roles: tuple[str, ...], where: set[str]
    ) -> None:
        assert {each for each in WHO_MAY_SELL if may_sell(roles, each)} == where
