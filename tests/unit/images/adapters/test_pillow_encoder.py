import pytest
from PIL import Image, ImageCms

from fakes import pictures
from martelo.images.adapters.gate import Gate
from martelo.images.adapters.pillow_encoder import PillowEncoder
from martelo.images.domain.headers import Header, Kind, read_header
from martelo.images.domain.pictures import Encoded
from martelo.images.domain.refusals import NotAPicture, PictureTooLarge
from martelo.images.ports import Busy

RED, BLUE = (255, 0, 0), (0, 0, 255)


def encode(data: bytes) -> Encoded:
    return _encoder().encode(data, read_header(data))


def _encoder() -> PillowEncoder:
    gate = Gate(running=1, waiting=0, patience_s=1)
    return PillowEncoder(gate, Gate(running=1, waiting=0, patience_s=1))


def is_near(colour: object, expected: tuple[int, ...], *, by: int = 12) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(a - b) <= by for a, b in zip(colour, expected, strict=True))


class TestEncode:
    @pytest.mark.parametrize("kind", list(Kind))
    def test_writes_webp_without_anything_but_pixels(self, kind: Kind) -> None:
        encoded = encode(pictures.encoded(pictures.plain(900, 600), kind))

        full, thumbnail = pictures.opened(encoded.full), pictures.opened(encoded.thumbnail)
        assert (full.format, full.size) == ("WEBP", (900, 600))
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (480, 320))
        assert (encoded.width, encoded.height) == (900, 600)
        assert is_near(full.convert("RGB").getpixel((450, 300)), RED)

    def test_leaves_no_metadata(self) -> None:
        data = pictures.jpeg_with_place()
        assert pictures.GPS_MARK in data

        encoded = encode(data)

        for kept in (encoded.full, encoded.thumbnail):
            assert pictures.GPS_MARK not in kept
            assert not any(name in kept for name in (b"EXIF", b"XMP ", b"ICCP", b"Exif"))
            assert dict(pictures.opened(kept).getexif()) == {}

    @pytest.mark.parametrize(
        ("orientation", "size", "red_at", "blue_at"),
        [
            (1, (64, 32), (4, 4), (60, 4)),
            (2, (64, 32), (60, 4), (4, 4)),
            (3, (64, 32), (60, 4), (4, 4)),
            (4, (64, 32), (4, 4), (60, 4)),
            (5, (32, 64), (4, 4), (4, 60)),
            (6, (32, 64), (4, 4), (4, 60)),
            (7, (32, 64), (4, 60), (4, 4)),
            (8, (32, 64), (4, 60), (4, 4)),
            (99, (64, 32), (4, 4), (60, 4)),
        ],
    )
    def test_turns_it_upright(
        self,
        orientation: int,
        size: tuple[int, int],
        red_at: tuple[int, int],
        blue_at: tuple[int, int],
    ) -> None:
        encoded = encode(pictures.jpeg_with_place(orientation))

        picture = pictures.opened(encoded.full).convert("RGB")
        assert picture.size == (encoded.width, encoded.height) == size
        assert is_near(picture.getpixel(red_at), RED, by=30)
        assert is_near(picture.getpixel(blue_at), BLUE, by=30)

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF")
    def test_takes_a_picture_whose_exif_is_broken(self) -> None:
        data = pictures.encoded(pictures.plain(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")

        assert encode(data).width == 64

    @pytest.mark.parametrize("kind", list(Kind))
    def test_scales_what_is_large(self, kind: Kind) -> None:
        encoded = encode(pictures.encoded(pictures.plain(3000, 1500), kind))

        assert pictures.opened(encoded.full).size == (2048, 1024)
        assert (encoded.width, encoded.height) == (2048, 1024)

    def test_gives_the_same_bytes_for_the_same_picture(self) -> None:
        data = pictures.jpeg_with_place()

        assert encode(data) == encode(data)

    def test_reads_print_colours(self) -> None:
        data = pictures.encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG")

        picture = pictures.opened(encode(data).full).convert("RGB")

        assert is_near(picture.getpixel((16, 16)), RED, by=40)

    def test_reads_sixteen_bits_of_grey(self) -> None:
        data = pictures.encoded(Image.new("I;16", (32, 32), 0x8000))

        picture = pictures.opened(encode(data).full).convert("RGB")

        assert is_near(picture.getpixel((16, 16)), (128, 128, 128))

    @pytest.mark.parametrize("mode", ["1", "L", "P"])
    def test_reads_few_colours(self, mode: str) -> None:
        data = pictures.encoded(pictures.plain(colour="white").convert(mode))

        picture = pictures.opened(encode(data).full).convert("RGB")

        assert is_near(picture.getpixel((16, 16)), (255, 255, 255))

    @pytest.mark.parametrize("transparency", [0, bytes([0, 255])])
    def test_keeps_the_transparency_of_a_palette(self, transparency: object) -> None:
        picture = Image.new("P", (32, 32), 0)
        picture.putpalette([255, 0, 0, 0, 0, 255])
        picture.paste(1, (16, 0, 32, 32))

        kept = pictures.opened(encode(pictures.encoded(picture, transparency=transparency)).full)

        assert kept.mode == "RGBA"
        transparent, opaque = kept.getpixel((4, 16)), kept.getpixel((28, 16))
        assert isinstance(transparent, tuple)
        assert transparent[3] == 0
        assert is_near(opaque, (*BLUE, 255))

    @pytest.mark.parametrize("kind", ["WEBP", "PNG"])
    def test_takes_the_first_frame_of_an_animation(self, kind: str) -> None:
        kept = pictures.opened(encode(pictures.animation(kind)).full)

        assert getattr(kept, "n_frames", 1) == 1
        assert is_near(kept.convert("RGB").getpixel((32, 24)), RED)

    def test_applies_a_colour_profile_before_it_goes(self) -> None:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        data = pictures.encoded(pictures.plain(), "JPEG", icc_profile=profile)

        kept = encode(data).full

        assert is_near(pictures.opened(kept).convert("RGB").getpixel((32, 24)), RED)
        assert b"ICCP" not in kept

    @pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
    def test_takes_a_picture_whose_colour_profile_is_broken(self, mode: str) -> None:
        data = pictures.encoded(pictures.plain().convert(mode), "PNG", icc_profile=b"nonsense")

        assert encode(data).width == 64

    def test_leaves_behind_what_stands_behind_the_last_pixel(self) -> None:
        for kind in Kind:
            data = pictures.encoded(pictures.plain(), kind) + pictures.HTML_BEHIND

            assert b"script" not in encode(data).full

    @pytest.mark.parametrize("kind", list(Kind))
    def test_refuses_what_is_cut_off(self, kind: Kind) -> None:
        picture = Image.effect_noise((200, 200), 90).convert("RGB")
        data = pictures.encoded(picture, kind)

        with pytest.raises(NotAPicture):
            encode(data[: len(data) // 2])

    @pytest.mark.parametrize(
        "data", [pictures.png_header(100, 100), pictures.webp_header(100, 100)]
    )
    def test_refuses_a_header_with_nothing_behind_it(self, data: bytes) -> None:
        with pytest.raises(NotAPicture):
            encode(data)

    def test_refuses_what_is_larger_than_its_header_was_taken_for(self) -> None:
        data = pictures.png_bomb(7000, 7000)

        with pytest.raises(PictureTooLarge):
            _encoder().encode(data, Header(Kind.PNG, 10, 10))

    def test_refuses_a_comment_that_would_fill_the_memory(self) -> None:
        with pytest.raises(NotAPicture):
            encode(pictures.png_with_text_bomb())

    def test_decodes_one_large_picture_at_a_time(self) -> None:
        gate = Gate(running=2, waiting=0, patience_s=1)
        large = Gate(running=1, waiting=0, patience_s=1)
        encoder = PillowEncoder(gate, large)
        bomb, small = pictures.png_bomb(5_000, 5_000), pictures.encoded(pictures.plain())

        with large.place():
            with pytest.raises(Busy):
                encoder.encode(bomb, read_header(bomb))

            assert encoder.encode(small, read_header(small)).width == 64

        assert encoder.encode(bomb, read_header(bomb)).width == 2048

    def test_refuses_a_picture_of_another_kind_than_its_header(self) -> None:
        data = pictures.encoded(pictures.plain(), "JPEG")

        with pytest.raises(NotAPicture):
            _encoder().encode(data, Header(Kind.PNG, 64, 48))
