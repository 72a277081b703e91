from email.headerregistry import Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from martelo.kernel.email_addresses import is_email_address

PIECES = st.sampled_from([*"ab.@-_+'`{}\"()<>,;:\\ \t\u00e9", "..", "example.com", "xn--a"])
TYPED = st.lists(PIECES, max_size=12).map("".join) | st.emails() | st.text()


class TestIsEmailAddress:
    @pytest.mark.parametrize(
        "text",
        ["ana@example.com", "a.b+c@sub.example.com.br", "x@localhost", "o'x@e-x.org", "a@1.2"],
    )
    def test_accepts_an_address(self, text: str) -> None:
        assert is_email_address(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "ana",
            "@example.com",
            "ana@",
            "ana@@example.com",
            "ana@example..com",
            "ana@-example.com",
            "ana@example.com\n",
            "ana @example.com",
            "Ana <ana@example.com>",
            "ana@example.com,bia@example.com",
            "anã@example.com",
            "ana@exemplo.çom",
            "ana\x00@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "x" * 65 + "@example.com",
            "x@" + "a.b" * 90,
        ],
    )
    def test_refuses_what_is_none(self, text: str) -> None:
        assert not is_email_address(text)

    @given(TYPED)
    @example("a..b@example.com")
    def test_accepts_only_what_the_mail_library_can_write_to(self, text: str) -> None:
        if is_email_address(text):
            assert Address(addr_spec=text).addr_spec == text
