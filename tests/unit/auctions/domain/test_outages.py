import pytest

from martelo.auctions.domain.outages import LAST_MINUTES_MS, MINUTE_MS, Outage

HOUR_MS = 60 * MINUTE_MS
OUTAGE = Outage(HOUR_MS, HOUR_MS + 5 * MINUTE_MS)


class TestMinutesUntil:
    @pytest.mark.parametrize(
        ("later_ms", "minutes"), [(1, 1), (MINUTE_MS, 1), (MINUTE_MS + 1, 2), (HOUR_MS, 60)]
    )
    def test_is_the_time_since_it_began(self, later_ms: int, minutes: int) -> None:
        assert OUTAGE.minutes_until(OUTAGE.from_ms + later_ms) == minutes


class TestEndsHit:
    def test_are_those_whose_last_ten_minutes_it_fell_into(self) -> None:
        first_ms, last_ms = OUTAGE.ends_hit_ms

        assert first_ms == OUTAGE.from_ms + 1
        assert last_ms == OUTAGE.to_ms + LAST_MINUTES_MS
