import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from martelo.accounts.house.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    MIN_CONTRAST,
    Palette,
    accent_faults,
    contrast,
    dark_palette,
    light_palette,
)
from martelo.kernel.field_codes import FieldCode
from martelo.storefront.settings import STATIC

NAMES = ("ground", "raised", "sunken")
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def written(ground: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*ground)


def weakest(palette: Palette, grounds: tuple[tuple[int, int, int], ...]) -> float:
    """Return the lowest contrast of text in a palette's colours."""
    on_pages = [contrast(palette.brand, each) for each in map(written, grounds)]
    return min(
        *on_pages,
        contrast(palette.brand, palette.brand_ground),
        contrast(palette.brand, palette.brand_ink),
    )


class TestContrast:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#8a2f1d", "#8a2f1d", 1.0)],
    )
    def test_is_that_of_wcag(self, one: str, other: str, expected: float) -> None:
        assert contrast(one, other) == pytest.approx(expected, abs=0.005)
        assert contrast(other, one) == contrast(one, other)


class TestAccentFaults:
    @pytest.mark.parametrize("typed", ["", "red", "#fff", "#8A2F1D", "#8a2f1d ", "#gggggg"])
    def test_name_what_is_not_a_colour(self, typed: str) -> None:
        assert [fault.code for fault in accent_faults("accent", typed)] == [FieldCode.NOT_A_COLOUR]

    @given(accent=COLOURS)
    def test_suggest_a_colour_without_faults(self, accent: str) -> None:
        for fault in accent_faults("accent", accent):
            assert fault.code is FieldCode.TOO_LIGHT
            assert list(accent_faults("accent", str(fault.bounds["suggestion"]))) == []


class TestPalettes:
    @given(accent=COLOURS)
    def test_can_be_read_in_both_themes(self, accent: str) -> None:
        for fault in accent_faults("accent", accent):
            accent = str(fault.bounds["suggestion"])

        assert weakest(light_palette(accent), tuple(LIGHT_GROUNDS)) >= MIN_CONTRAST
        assert weakest(dark_palette(accent), tuple(DARK_GROUNDS)) >= MIN_CONTRAST


class TestGrounds:
    def test_are_those_of_the_style_sheet(self) -> None:
        sheet = (STATIC["web"] / "martelo.css").read_text()

        for name, *colours in zip(NAMES, LIGHT_GROUNDS, DARK_GROUNDS, strict=True):
            assert re.findall(rf"--{name}: (#\w+);", sheet) == [written(each) for each in colours]
