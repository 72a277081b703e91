import pytest

from martelo.kernel.one_line import character_faults, clean_line, line_faults
from one_lines import BAD_LINES, GOOD_LINES


def codes_of(text: str, maximum: int = 100) -> list[str]:
    return [fault.code for fault in line_faults("title", text, maximum)]


class TestCleanLine:
    def test_trims_and_composes(self) -> None:
        assert clean_line("  Jose\u0301 \t") == "Jos\u00e9"


class TestLineFaults:
    @pytest.mark.parametrize("text", GOOD_LINES)
    def test_finds_none_in_an_ordinary_text(self, text: str) -> None:
        assert codes_of(clean_line(text)) == []

    @pytest.mark.parametrize("text", ["", *BAD_LINES])
    def test_finds_what_is_wrong(self, text: str) -> None:
        assert codes_of(text)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "required"),
            ("x" * 101, "too_long"),
            ("\u200b", "no_visible_character"),
            ("R$ \u202e00,001", "control_characters"),
            ("Z" + "\u0353" * 80, "too_many_marks"),
        ],
    )
    def test_says_why(self, text: str, code: str) -> None:
        assert codes_of(text) == [code]


class TestCharacterFaults:
    def test_allows_the_controls_that_it_is_given(self) -> None:
        assert list(character_faults("description", "a\nb", "\n")) == []

    def test_refuses_a_change_of_direction_even_then(self) -> None:
        assert list(character_faults("description", "a\u202eb", "\u202e"))
