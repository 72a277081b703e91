import pytest

from martelo.runtime.http.request_ids import accept_request_id


class TestAcceptRequestId:
    def test_keeps_a_sane_one(self) -> None:
        assert accept_request_id("caller.1234-abcd_Z") == "caller.1234-abcd_Z"

    @pytest.mark.parametrize(
        "sent",
        [
            None,
            "",
            "short",
            "x" * 65,
            "with space",
            "line\nbreak12",
            'aspas"1234',
            "ação12345",
            "a" * 8 + "\n",
        ],
    )
    def test_replaces_everything_else(self, sent: str | None) -> None:
        accepted = accept_request_id(sent)

        assert accepted != sent
        assert len(accepted) == 32

    def test_makes_each_its_own(self) -> None:
        assert accept_request_id(None) != accept_request_id(None)
