import pytest

from martelo.images.domain.pictures import (
    Encoded,
    bounded,
    parse_file,
    parse_id,
    picture_of,
    thumbnail_size,
)
from martelo.kernel.ids import AccountId

ID = "1f0c6a7e4b1d9c2a3f5e8d7b6c5a4f3e2d1c0b9a"
ANA, BRUNO = AccountId("a1"), AccountId("b2")


class TestPictureOf:
    def test_gives_the_same_bytes_of_one_owner_one_id(self) -> None:
        encoded = Encoded(b"full", b"small", 10, 20)

        assert picture_of(ANA, encoded) == picture_of(ANA, encoded)
        assert parse_id(picture_of(ANA, encoded).id) is not None

    def test_tells_owners_and_bytes_apart(self) -> None:
        first = picture_of(ANA, Encoded(b"full", b"small", 10, 20))

        assert first.id != picture_of(BRUNO, Encoded(b"full", b"small", 10, 20)).id
        assert first.id != picture_of(ANA, Encoded(b"other", b"small", 10, 20)).id


class TestParseFile:
    def test_tells_the_picture_from_its_thumbnail(self) -> None:
        assert parse_file(f"{ID}.webp") == (ID, False)
        assert parse_file(f"{ID}-thumb.webp") == (ID, True)

    @pytest.mark.parametrize(
        "name",
        [
            *("", ".webp", ID, f"{ID}.png", f"{ID}-thumb", f"{ID}-thumb-thumb.webp"),
            *(f"{ID}.webp\n", f"{ID.upper()}.webp", f"{ID}0.webp", f"../{ID}.webp"),
        ],
    )
    def test_knows_no_other_name(self, name: str) -> None:
        assert parse_file(name) is None


class TestBounded:
    @pytest.mark.parametrize(
        ("size", "expected"),
        [
            ((2048, 2048), (2048, 2048)),
            ((10, 20), (10, 20)),
            ((4096, 2048), (2048, 1024)),
            ((3000, 4000), (1536, 2048)),
            ((40_000, 1), (2048, 1)),
        ],
    )
    def test_keeps_the_shape_within_the_bound(
        self, size: tuple[int, int], expected: tuple[int, int]
    ) -> None:
        assert bounded(*size) == expected


class TestThumbnailSize:
    @pytest.mark.parametrize(
        ("size", "expected"),
        [
            ((960, 480), (480, 240)),
            ((480, 2048), (480, 2048)),
            ((30, 40), (30, 40)),
            ((2048, 1), (480, 1)),
        ],
    )
    def test_is_at_most_so_wide_and_never_enlarged(
        self, size: tuple[int, int], expected: tuple[int, int]
    ) -> None:
        assert thumbnail_size(*size) == expected
