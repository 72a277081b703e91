import pytest

from martelo.auctions.domain.masking import mask_name


class TestMaskName:
    @pytest.mark.parametrize(
        ("name", "masked"),
        [
            ("Bruno", "B***o"),
            ("Ana Souza", "A***a"),
            ("Zé", "Z***"),
            ("Ú", "Ú***"),
            ("Ivo", "I***o"),
        ],
    )
    def test_keeps_the_first_and_the_last_letter(self, name: str, masked: str) -> None:
        assert mask_name(name) == masked
