import hashlib
from pathlib import Path

from martelo.stack.engines.engine_user import EngineUser
from martelo.stack.engines.valkey import USERS, Valkey, physical_bytes, render_users


class TestPrepare:
    async def test_bounds_the_memory(self, tmp_path: Path) -> None:
        passwords = dict.fromkeys(USERS, "secret")

        await Valkey(tmp_path / "valkey", 6379, passwords, EngineUser()).prepare()

        settings = (tmp_path / "valkey" / "valkey.conf").read_text().splitlines()
        assert f"maxmemory {physical_bytes() // 4}" in settings


class TestRenderUsers:
    def test_closes_the_default_user_first(self) -> None:
        text = render_users(dict.fromkeys(USERS, "secret"))

        assert text.splitlines()[0] == "user default off"

    def test_writes_digests_only(self) -> None:
        text = render_users(dict.fromkeys(USERS, "secret"))

        assert "secret" not in text
        assert text.count("#" + hashlib.sha256(b"secret").hexdigest()) == len(USERS)

    def test_takes_back_what_is_dangerous_after_what_is_given(self) -> None:
        rights = USERS["auctions"]

        assert rights.index("-@dangerous") > rights.index("+@connection")
        assert rights.index("-function") > rights.index("+@write")
