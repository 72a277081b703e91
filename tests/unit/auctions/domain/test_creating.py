from dataclasses import replace

import pytest

from martelo.auctions.domain.creating import DAY_MS, Draft, create, default_window_s, faults_of
from martelo.auctions.domain.refusals import InvalidAuction
from martelo.kernel.ids import AuctionId
from one_lines import BAD_LINES, GOOD_LINES
from unit.auctions.domain.lots import SOL

NOW_MS = 1_000_000
GOOD = Draft(title="Bolo", description="", starting_cents=1_000, duration_ms=3_600_000)


class TestFaultsOf:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": ""}, "title"),
            ({"title": "x" * 141}, "title"),
            ({"title": "a\x07b"}, "title"),
            ({"description": "x" * 5_001}, "description"),
            ({"duration_ms": None}, "ends_at"),
            ({"ends_at_ms": NOW_MS + 60_000}, "ends_at"),
            ({"duration_ms": 4_999}, "duration_s"),
            ({"duration_ms": 90 * DAY_MS + 1}, "duration_s"),
            ({"duration_ms": None, "ends_at_ms": NOW_MS - 1}, "ends_at"),
            ({"starts_at_ms": NOW_MS + 90 * DAY_MS + 1}, "starts_at"),
            ({"reserve_cents": 999}, "reserve_price"),
            ({"buy_now_cents": 1_000}, "buy_now_price"),
            ({"buy_now_cents": 2_000, "reserve_cents": 2_001}, "buy_now_price"),
            ({"soft_close_window_s": 3_601}, "soft_close_window_s"),
            ({"soft_close_cap_s": 86_401}, "soft_close_cap_s"),
            ({"image_ids": ("a",) * 13}, "image_ids"),
        ],
    )
    def test_names_the_field(self, change: dict[str, object], field: str) -> None:
        faults = faults_of(replace(GOOD, **change), NOW_MS)  # type: ignore[arg-type]

        assert [fault.field for fault in faults] == [field]

    @pytest.mark.parametrize(
        "change",
        [
            {"title": "x" * 140, "description": "x" * 5_000},
            {"reserve_cents": 1_000, "buy_now_cents": 1_001},
            {"duration_ms": 5_000},
            {"duration_ms": 90 * DAY_MS},
            {"starts_at_ms": NOW_MS + 90 * DAY_MS},
            {"soft_close_window_s": 0, "soft_close_cap_s": 0},
        ],
    )
    def test_finds_none_within_the_bounds(self, change: dict[str, object]) -> None:
        assert faults_of(replace(GOOD, **change), NOW_MS) == []  # type: ignore[arg-type]

    @pytest.mark.parametrize("title", BAD_LINES)
    def test_refuses_a_title_that_misleads(self, title: str) -> None:
        assert {fault.field for fault in faults_of(replace(GOOD, title=title), NOW_MS)} == {"title"}

    @pytest.mark.parametrize("title", GOOD_LINES)
    def test_accepts_an_ordinary_title(self, title: str) -> None:
        assert faults_of(replace(GOOD, title=title), NOW_MS) == []

    def test_refuses_a_description_that_changes_the_direction(self) -> None:
        faults = faults_of(replace(GOOD, description="linha\n\u202e00,001"), NOW_MS)

        assert [fault.field for fault in faults] == ["description"]


class TestCreate:
    def test_names_every_fault_at_once(self) -> None:
        draft = replace(GOOD, title="", reserve_cents=1, duration_ms=1)

        with pytest.raises(InvalidAuction) as refused:
            create(AuctionId("00-0000000000000"), SOL, draft, NOW_MS)

        assert {fault.field for fault in refused.value.errors} == {
            *("title", "reserve_price", "duration_s")
        }

    def test_takes_a_past_start_as_now(self) -> None:
        entry = create(AuctionId("00-0000000000000"), SOL, replace(GOOD, starts_at_ms=5), NOW_MS)

        assert entry.terms.starts_at_ms == NOW_MS


class TestDefaultWindowS:
    @pytest.mark.parametrize(
        ("duration_ms", "window_s"), [(60_000, 6), (59_999, 5), (1_199_999, 119), (1_200_000, 120)]
    )
    def test_is_a_tenth_of_a_short_auction(self, duration_ms: int, window_s: int) -> None:
        assert default_window_s(duration_ms) == window_s
