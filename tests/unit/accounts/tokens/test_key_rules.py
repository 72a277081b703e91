import pytest

from martelo.accounts.tokens.key_rules import scope_faults


class TestScopeFaults:
    def test_finds_none_in_some_of_them(self) -> None:
        assert list(scope_faults(["bid", "read"])) == []

    @pytest.mark.parametrize("scopes", [[], ["bid", "bid"], ["admin"], ["bid", ""], ["BID"]])
    def test_finds_what_is_wrong(self, scopes: list[str]) -> None:
        assert list(scope_faults(scopes))
