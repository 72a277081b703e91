import pytest

from martelo.demo.adapters.packaged_pictures import FOLDER, read_pictures
from martelo.demo.domain.catalogue import OFFERS

MAX_PICTURE_BYTES = 60_000


class TestReadPictures:
    @pytest.mark.parametrize("name", [offer.name for offer in OFFERS])
    def test_returns_one_to_three_small_pictures_of_every_offer(self, name: str) -> None:
        pictures = read_pictures(name)

        assert 1 <= len(pictures) <= 3
        for picture in pictures:
            assert (picture[:4], picture[8:12]) == (b"RIFF", b"WEBP")
            assert len(picture) <= MAX_PICTURE_BYTES

    def test_returns_them_in_order(self) -> None:
        pictures = read_pictures("cupcakes")

        assert pictures == [(FOLDER / f"cupcakes-{n}.webp").read_bytes() for n in (1, 2, 3)]

    def test_leaves_none_out(self) -> None:
        files = [file for file in FOLDER.iterdir() if file.name.endswith(".webp")]

        assert sum(len(read_pictures(offer.name)) for offer in OFFERS) == len(files)
