import uuid

import pytest

from martelo.accounts.tokens.secrets import (
    family_of,
    is_hash_of,
    new_api_key,
    new_refresh_token,
    prefix_of,
    sha256,
)


class TestRefreshTokens:
    def test_name_their_family(self) -> None:
        family = uuid.uuid4()

        assert family_of(new_refresh_token(family)) == family

    def test_are_never_the_same(self) -> None:
        family = uuid.uuid4()

        assert len({new_refresh_token(family) for _ in range(100)}) == 100

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "rt_",
            "rt_x_y",
            "rt_" + "0" * 32,
            "rt_" + "0" * 32 + "_" + "a" * 42,
            "rt_" + "0" * 32 + "_" + "a" * 43 + "\n",
            "rt_" + "0" * 32 + "_" + "ã" * 43,
            "\x00",
        ],
    )
    def test_refuse_what_is_none(self, token: str) -> None:
        assert family_of(token) is None


class TestApiKeys:
    def test_name_themselves_by_prefix(self) -> None:
        key = new_api_key()

        assert key.text.startswith(f"mk_{key.prefix}_")
        assert prefix_of(key.text) == key.prefix
        assert len(key.text) <= 128
        assert key.sha256 == sha256(key.text)

    @pytest.mark.parametrize("text", ["", "mk_", "mk_short_x", "svc_auctions_x", "mk_\x00"])
    def test_refuse_what_is_none(self, text: str) -> None:
        assert prefix_of(text) is None


class TestIsHashOf:
    def test_tells_secrets_apart(self) -> None:
        assert is_hash_of(sha256("a"), "a")
        assert not is_hash_of(sha256("a"), "b")
