from datetime import UTC, datetime, timedelta

import pytest

SECRET = "s" * 50
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.usefixtures("world")
class TestKeys:
    @pytest.mark.parametrize(
        ("age", "is_valid"),
        [
            *((timedelta(0), True), (timedelta(hours=24, seconds=-1), True)),
            *((timedelta(hours=24), False), (timedelta(minutes=-1), False)),
        ],
    )
    def test_work_for_a_day(self, age: timedelta, *, is_valid: bool) -> None:
        # Django must be set up before its models can be imported.
        from martelo.accounts.people.first_administrator import (  # noqa: PLC0415
            is_valid_key,
            make_key,
        )

        key = make_key(SECRET, NOW)

        assert is_valid_key(key, SECRET, NOW + age) is is_valid
        assert key != make_key(SECRET, NOW)

    def test_are_of_this_house_alone(self) -> None:
        from martelo.accounts.people.first_administrator import (  # noqa: PLC0415
            is_valid_key,
            make_key,
        )

        key = make_key(SECRET, NOW)

        for forged in ("", "x", key + "x", "9" + key, key.replace(":", ".")):
            assert not is_valid_key(forged, SECRET, NOW)
        assert not is_valid_key(key, "t" * 50, NOW)
