"""The header of a picture, read before anything is decoded.

The content decides the kind, never the name or content type. Sizes come from the header,
so that a small file that would unpack into gigabytes is refused before any memory is spent on it.
Sources: JPEG (ITU-T T.81, B.1), PNG (W3C, 5.2 and 11.2.2), WebP (RFC 9649).
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from martelo.images.domain.refusals import MAX_BYTES, MAX_PIXELS, NotAPicture, PictureTooLarge

PNG_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG_START = b"\xff\xd8\xff"
SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's markers of a frame header; the three left out are tables and a reserved one."""

STANDALONE = frozenset([0x01, *range(0xD0, 0xD8)])
"""JPEG's markers without content."""

END_OF_HEADER = frozenset([0xD9, 0xDA])


class Kind(StrEnum):
    """An accepted kind of picture, by the name of its decoder."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"


@dataclass(frozen=True, slots=True)
class Header:
    """A picture's kind and size in pixels, as its header has it."""

    kind: Kind
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """Return the header of a picture that may be decoded.

    Raises:
        NotAPicture: It is missing, or has no size.
        PictureTooLarge: There are more than `MAX_BYTES`, or more than `MAX_PIXELS` are announced.
    """
    if len(data) > MAX_BYTES:
        raise PictureTooLarge
    try:
        header = _read(data)
    except (struct.error, IndexError) as error:
        raise NotAPicture from error
    check_size(header.width, header.height)
    return header


def check_size(width: int, height: int) -> None:
    """Accept the size of a picture.

    Raises:
        NotAPicture: It is empty.
        PictureTooLarge: It has more than `MAX_PIXELS`.
    """
    if width < 1 or height < 1:
        raise NotAPicture
    if width * height > MAX_PIXELS:
        raise PictureTooLarge


def _read(data: bytes) -> Header:
    if data.startswith(PNG_START):
        return Header(Kind.PNG, *struct.unpack_from(">II", data, len(PNG_START)))
    if data.startswith(JPEG_START):
        return Header(Kind.JPEG, *_jpeg_size(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Header(Kind.WEBP, *_webp_size(data))
    raise NotAPicture


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise NotAPicture
        while data[at] == 0xFF:  # any number of them may fill the space before a marker
            at += 1
        marker = data[at]
        at += 1
        if marker in STANDALONE:
            continue
        if marker in END_OF_HEADER:
            raise NotAPicture
        if marker in SIZES:
            height, width = struct.unpack_from(">HH", data, at + 3)
            return width, height
        (length,) = struct.unpack_from(">H", data, at)
        if length < 2:
            raise NotAPicture
        at += length


def _webp_size(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = data[24:27], data[27:30]
        if len(height) < 3:
            raise NotAPicture
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if chunk == b"VP8L" and data[20] == 0x2F:
        (packed,) = struct.unpack_from("<I", data, 21)
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width_bits, height_bits = struct.unpack_from("<HH", data, 26)
        return width_bits & 0x3FFF, height_bits & 0x3FFF
    raise NotAPicture
