import pytest

from martelo.accounts.passwords.rules import password_faults


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
