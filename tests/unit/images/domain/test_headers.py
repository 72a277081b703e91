import contextlib
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import pictures
from martelo.images.domain.headers import Header, Kind, read_header
from martelo.images.domain.refusals import MAX_BYTES, NotAPicture, PictureTooLarge


class TestReadHeader:
    @pytest.mark.parametrize(
        ("kind", "options"),
        [
            (Kind.JPEG, {}),
            (Kind.JPEG, {"progressive": True}),
            (Kind.PNG, {}),
            (Kind.WEBP, {}),
            (Kind.WEBP, {"lossless": True}),
            (Kind.WEBP, {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}),
        ],
    )
    @pytest.mark.parametrize("size", [(1, 1), (64, 48), (1, 300), (16383, 2)])
    def test_tells_kind_and_size(
        self, kind: Kind, options: dict[str, object], size: tuple[int, int]
    ) -> None:
        data = pictures.encoded(pictures.plain(*size), kind, **options)

        assert read_header(data) == Header(kind, *size)

    def test_skips_what_stands_before_the_size_of_a_jpeg(self) -> None:
        data = pictures.jpeg_with_place()
        filled = data[:2] + b"\xff\xff\xff\x01" + data[2:]

        assert read_header(filled) == Header(Kind.JPEG, 64, 32)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\0" * 100,
            pictures.SVG,
            pictures.HTML_AS_PNG,
            pictures.GIF_AND_SCRIPT,
            pictures.encoded(pictures.plain(), "GIF"),
            pictures.encoded(pictures.plain(), "BMP"),
            pictures.encoded(pictures.plain(), "TIFF"),
            b"%PDF-1.7",
            b"RIFF\0\0\0\0WAVEfmt ",
            b"\xff\xd8\xff\xd9",
            b"\xff\xd8\xff\xe0\x00\x00",
            pictures.png_header(0, 10),
            pictures.jpeg_header(10, 0),
        ],
    )
    def test_refuses_what_is_no_picture(self, data: bytes) -> None:
        with pytest.raises(NotAPicture):
            read_header(data)

    @pytest.mark.parametrize("make", [pictures.png_header, pictures.webp_header])
    def test_takes_forty_megapixels_and_not_one_more(
        self, make: Callable[[int, int], bytes]
    ) -> None:
        assert read_header(make(8_000, 5_000)).width == 8_000

        with pytest.raises(PictureTooLarge):
            read_header(make(8_000, 5_001))

    @pytest.mark.parametrize(
        "data",
        [
            pictures.png_header(2**31 - 1, 2**31 - 1),
            pictures.jpeg_header(65_500, 65_500),
            pictures.webp_header(2**24, 2**24),
        ],
    )
    def test_refuses_what_would_unpack_into_gigabytes(self, data: bytes) -> None:
        with pytest.raises(PictureTooLarge):
            read_header(data)

    def test_refuses_too_many_bytes_before_looking_at_them(self) -> None:
        with pytest.raises(PictureTooLarge):
            read_header(bytes(MAX_BYTES + 1))

    @pytest.mark.parametrize("kind", list(Kind))
    def test_refuses_a_header_cut_anywhere(self, kind: Kind) -> None:
        data = pictures.encoded(pictures.plain(), kind)
        whole = next(n for n in range(len(data)) if _reads(data[:n]))

        for length in range(whole):
            with pytest.raises(NotAPicture):
                read_header(data[:length])

    @given(st.sampled_from([b"", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 ", b"\x89PNG\r\n\x1a\n"]))
    def test_refuses_garbage_in_its_own_words(self, start: bytes) -> None:
        for tail in (struct.pack(">Q", 0xFFD8_FFE0_0002_FFC0), b"\xff" * 64, b"\0" * 64):
            with pytest.raises((NotAPicture, PictureTooLarge)):
                read_header(start + tail)

    @given(st.binary(max_size=200), st.sampled_from([b"\xff\xd8\xff", b"RIFF....WEBPVP8X", b""]))
    def test_never_fails_otherwise(self, tail: bytes, start: bytes) -> None:
        with contextlib.suppress(NotAPicture, PictureTooLarge):
            read_header(start + tail)


def _reads(data: bytes) -> bool:
    try:
        read_header(data)
    except NotAPicture:
        return False
    return True
