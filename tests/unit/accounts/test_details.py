import pytest

from martelo.accounts.details import (
    clean_email,
    email_faults,
    name_faults,
    password_faults,
    scope_faults,
)
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


class TestPasswordFaults:
    known = ("ana.souza@example.com", "ana.souza", "Ana Souza", "Casa Lótus")

    @pytest.mark.parametrize(
        "password", ["martelo-demo", "correct horse", "ção-ção-ção", "x1y2z3w4v5"]
    )
    def test_finds_none_in_a_good_one(self, password: str) -> None:
        assert list(password_faults("password", password, self.known)) == []

    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("short-one", "at least"),
            ("", "at least"),
            ("x" * 300, "at most"),
            ("1234567890", "common"),
            ("Password123", "common"),
            ("QWERTYUIOP", "common"),
            ("aaaaaaaaaaaa", "common"),
            ("Senha@2024!", "common"),
            ("flamengo1981", "common"),
            ("EuTeAmo12345", "common"),
            ("São Paulo 10", "common"),
            ("Ana.Souza@Example.com", "your name"),
            ("ana.souza123", "your name"),
            ("Casa Lótus 24", "house's name"),
        ],
    )
    def test_finds_what_is_wrong(self, password: str, why: str) -> None:
        faults = list(password_faults("password", password, self.known))

        assert [fault.field for fault in faults] == ["password"]
        assert why in faults[0].message


class TestScopeFaults:
    def test_finds_none_in_some_of_them(self) -> None:
        assert list(scope_faults(["bid", "read"])) == []

    @pytest.mark.parametrize("scopes", [[], ["bid", "bid"], ["admin"], ["bid", ""], ["BID"]])
    def test_finds_what_is_wrong(self, scopes: list[str]) -> None:
        assert list(scope_faults(scopes))
