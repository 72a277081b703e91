import pytest

from martelo.kernel.idempotency import InvalidIdempotencyKey, parse_key


class TestParseKey:
    def test_takes_printable_ascii(self) -> None:
        assert parse_key("a b-1~") == "a b-1~"
        assert parse_key(None) is None

    @pytest.mark.parametrize("text", ["", "x" * 65, "á", "a\tb"])
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(InvalidIdempotencyKey):
            parse_key(text)
