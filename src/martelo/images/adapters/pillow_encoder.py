"""Pictures decoded and encoded again by Pillow.

What is stored is written from pixels alone: nothing else that a file carried (places, names,
scripts behind the last pixel) is in it.
"""

from contextlib import nullcontext
from io import BytesIO

import structlog
from PIL import Image, ImageCms, ImageFile
from PIL.Image import Resampling, Transpose

from martelo.images.adapters.gate import Gate
from martelo.images.domain.headers import Header, Kind, check_size
from martelo.images.domain.pictures import Encoded, bounded, thumbnail_size
from martelo.images.domain.refusals import MAX_PIXELS, NotAPicture, PictureTooLarge

QUALITY = 82
THUMBNAIL_QUALITY = 75
EFFORT = 4
ORIENTATION = 0x0112
LARGE_PIXELS = 12_500_000
"""A little more than what most telephones take."""

UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What undoes each orientation of EXIF (CIPA DC-008, 4.6.5.1.6)."""

log = structlog.get_logger(__name__)


class PillowEncoder:
    """`Encoder` by Pillow; gates bound how many pictures are in memory at once.

    Those above `LARGE_PIXELS` pass `large` first. Measured while one of 40 megapixels is decoded:
    a WebP takes 620 MB, a PNG with transparency 350 MB, a JPEG 70 to 270 MB; one of 12 megapixels
    a third of that.
    """

    def __init__(self, gate: Gate, large: Gate) -> None:
        # Pillow warns of more and fails at twice as many; here more is refused either way.
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        self._gate = gate
        self._large = large

    def encode(self, data: bytes, header: Header) -> Encoded:
        """Return the picture upright, bounded in size, without metadata.

        Raises:
            NotAPicture: It cannot be decoded.
            PictureTooLarge: It turns out larger than its header said.
            Busy: There is no room now.
        """
        is_large = header.width * header.height > LARGE_PIXELS
        with self._large.place() if is_large else nullcontext(), self._gate.place():
            picture = _decode(data, header.kind)
            small = picture.resize(
                thumbnail_size(*picture.size), Resampling.LANCZOS, reducing_gap=2.0
            )
            return Encoded(
                full=_webp(picture, QUALITY),
                thumbnail=_webp(small, THUMBNAIL_QUALITY),
                width=picture.width,
                height=picture.height,
            )


def _decode(data: bytes, kind: Kind) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=[kind]) as opened:
            check_size(*opened.size)
            return _processed(opened)
    except (NotAPicture, PictureTooLarge, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLarge from error
    except Exception as error:
        # Pillow's decoders let many kinds of exception out, and what they read is hostile.
        log.info("not-a-picture", kind=kind.value, reason=repr(error)[:200])
        raise NotAPicture from error


def _processed(opened: ImageFile.ImageFile) -> Image.Image:
    """Return the first frame, bounded, upright, in sRGB, as RGB or RGBA without metadata."""
    size = bounded(*opened.size)
    # A JPEG is decoded at an eighth, a quarter or half its size where that is enough.
    opened.draft(None, size)
    opened.load()
    orientation, profile = _orientation(opened), opened.info.get("icc_profile")
    picture = _resizable(opened).resize(size, Resampling.LANCZOS, reducing_gap=2.0)
    if orientation in UPRIGHT:
        picture = picture.transpose(UPRIGHT[orientation])
    if profile:
        picture = _in_srgb(picture, profile)
    has_alpha = picture.mode in {"RGBA", "LA"}
    picture = picture.convert("RGBA" if has_alpha else "RGB")
    picture.info.clear()
    return picture


def _resizable(picture: Image.Image) -> Image.Image:
    """Return a picture in a mode whose pixels can be mixed, its transparency as alpha."""
    if picture.mode.startswith("I"):
        # 16 bits of grey: converted at once, everything above 255 would become white.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode == "RGBA":
        return picture
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in {"L", "RGB", "CMYK"}:
        return picture
    return picture.convert("RGB")


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception as error:  # noqa: BLE001 - the parser meets hostile bytes; so none is found
        log.info("exif-unreadable", reason=repr(error)[:200])
        return 1


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return the colours a profile means; as they are where it cannot be applied."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        converted = ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        log.info("colour-profile-unusable", reason=repr(error)[:200])
        return picture
    return picture if converted is None else converted


def _webp(picture: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    picture.save(written, "WEBP", quality=quality, method=EFFORT)
    return written.getvalue()
