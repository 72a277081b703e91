import hashlib

from martelo.stack.engines.valkey import USERS, render_users


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
