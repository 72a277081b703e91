"""Pictures as people send them, good and hostile, made where they are needed."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

GPS_MARK = b"GPSLATITUDE-23.5505"


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own
    """Return a picture in a file format."""
    written = BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def opened(data: bytes) -> Image.Image:
    """Return a picture decoded."""
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        return picture


def plain(width: int = 64, height: int = 48, colour: str = "red") -> Image.Image:
    """Return a picture of one colour."""
    return Image.new("RGB", (width, height), colour)


def halves(width: int = 64, height: int = 32) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    picture = plain(width, height)
    picture.paste("blue", (width // 2, 0, width, height))
    return picture


def jpeg_with_place(orientation: int = 1) -> bytes:
    """Return a JPEG whose EXIF names a place, and asks for a rotation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = GPS_MARK.decode()
    exif.get_ifd(0x8825).update({1: "S", 2: (23.0, 33.0, 1.8), 3: "W", 4: (46.0, 38.0, 0.0)})
    return encoded(halves(), "JPEG", exif=exif, quality=95, comment=GPS_MARK)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that announces a size and has next to nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def png_bomb(width: int, height: int) -> bytes:
    """Return a PNG of one bit a pixel whose few bytes unpack into all of its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((1 + (width + 7) // 8) * height), 9)
    parts = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def png_with_text_bomb() -> bytes:
    """Return a PNG with a compressed comment of 64 MiB."""
    small = encoded(plain(4, 4))
    text = b"Comment\0\0" + zlib.compress(bytes(64 * 1024 * 1024), 9)
    return small[:33] + _chunk(b"zTXt", text) + small[33:]


def jpeg_header(width: int, height: int) -> bytes:
    """Return a JPEG whose frame header announces another size than it has."""
    data = bytearray(encoded(plain(16, 16), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_header(width: int, height: int) -> bytes:
    """Return an extended WebP that announces a canvas."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + canvas
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def animation(kind: str) -> bytes:
    """Return an animation whose first frame is red and whose second is blue."""
    frames = [plain(), plain(colour="blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML_AS_PNG = b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script></html>"
GIF_AND_SCRIPT = b"GIF89a/*\x00\x00\x00\x00\x00*/=1;alert(1);//\x00;"
HTML_BEHIND = b"<script>alert(1)</script>"


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)
