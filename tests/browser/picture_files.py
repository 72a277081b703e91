"""Pictures for the tests, drawn when needed, and files that only claim to be some."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload

ORIENTATION, TURNED_RIGHT = 0x0112, 6
PNG_MARK = b"\x89PNG\r\n\x1a\n"
HTML = b"<!doctype html><script>window.__pwned='polyglot'</script>"


def as_file(name: str, content: bytes, kind: str = "image/png") -> FilePayload:
    """Return a file as a person chooses it."""
    return FilePayload(name=name, mimeType=kind, buffer=content)


def draw(kind: str, colour: str, *, width: int = 640, height: int = 480) -> bytes:
    """Return a picture of one colour."""
    written = BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind)
    return written.getvalue()


def draw_turned(colour: str) -> bytes:
    """Return a JPEG stored as 640 to 480 that a camera held upright made: shown, it is tall."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    written = BytesIO()
    Image.new("RGB", (640, 480), colour).save(written, "JPEG", exif=exif)
    return written.getvalue()


def claim_size(width: int, height: int) -> bytes:
    """Return a PNG whose header claims a size and whose data hold next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(64))), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return PNG_MARK + b"".join(chunks)
