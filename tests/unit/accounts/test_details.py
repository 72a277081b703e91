import pytest

from martelo.accounts.details import clean_email, email_faults, name_faults
from one_lines import BAD_LINES, GOOD_LINES


class TestNameFaults:
    @pytest.mark.parametrize("name", [*GOOD_LINES, "x" * 80])
    def test_finds_none_in_a_name(self, name: str) -> None:
        assert list(name_faults("name", name)) == []

    @pytest.mark.parametrize("name", [*BAD_LINES, "", "x" * 81, "a\ud800"])
    def test_finds_what_is_wrong(self, name: str) -> None:
        assert list(name_faults("name", name))


class TestCleanEmail:
    @pytest.mark.parametrize(
        ("typed", "cleaned"),
        [
            ("Ana@Example.com", "Ana@Example.com"),
            ("ana@padaria-açaí.com.br", "ana@xn--padaria-aa-w6a7e.com.br"),
            ("ana@PADARIA-AÇAÍ.com.br", "ana@xn--padaria-aa-w6a7e.com.br"),
            ("ana@padaria-ac\u0327ai\u0301.com.br", "ana@xn--padaria-aa-w6a7e.com.br"),
            ("anã@example.com", "anã@example.com"),
            ("ana@ç..br", "ana@ç..br"),
            ("ana", "ana"),
        ],
    )
    def test_converts_the_domain(self, typed: str, cleaned: str) -> None:
        assert clean_email(typed) == cleaned


class TestEmailFaults:
    def test_finds_none_in_an_address(self) -> None:
        assert list(email_faults("ana@example.com")) == []

    @pytest.mark.parametrize("email", ["", "a..b@example.com", "anã@example.com"])
    def test_finds_what_is_wrong(self, email: str) -> None:
        assert list(email_faults(email))
