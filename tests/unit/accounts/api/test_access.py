import pytest
from django.http import HttpRequest


def request(forwarded: str | None, remote: str = "10.0.0.9") -> HttpRequest:
    made = HttpRequest()
    made.META["REMOTE_ADDR"] = remote
    if forwarded is not None:
        made.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return made


@pytest.mark.usefixtures("world")
class TestAddressOf:
    @pytest.mark.parametrize(
        ("forwarded", "address"),
        [
            (None, "10.0.0.9"),
            ("", "10.0.0.9"),
            ("192.0.2.1", "192.0.2.1"),
            ("6.6.6.6, 192.0.2.1", "192.0.2.1"),
            ("junk", "unknown"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:9:9:9:9", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ],
    )
    def test_trusts_one_hop(self, forwarded: str | None, address: str) -> None:
        # Django must be set up before its models can be imported.
        from martelo.accounts.api.access import address_of  # noqa: PLC0415

        assert address_of(request(forwarded)) == address
