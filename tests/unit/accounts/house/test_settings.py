from dataclasses import replace

import pytest

from martelo.kernel.ids import AccountId
from martelo.kernel.refusal import InvalidInput

ADMIN = AccountId("11111111-1111-4111-8111-111111111111")


@pytest.mark.usefixtures("world")
class TestChangeHouse:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "x" * 81),
            ("sender_name", "a\r\nBcc: x"),
            ("language", "pt"),
            ("tone", "loud"),
            ("winner_naming", "address"),
            ("posts", ("sold", "started")),
            ("who_may_sell", "nobody"),
        ],
    )
    def test_refuses_what_breaks_a_rule(self, field: str, value: object) -> None:
        # Django must be set up before its models can be imported.
        from martelo.accounts.house.settings import HouseChange, change_house  # noqa: PLC0415

        right = HouseChange("Casa", "Casa", "en", "plain", "masked", ("sold", "unsold"), "approved")
        wrong = replace(right, **{field: value})  # type: ignore[arg-type] # on purpose

        with pytest.raises(InvalidInput) as refused:
            change_house(wrong, ADMIN)

        assert [fault.field for fault in refused.value.errors] == [field]
