import io

import pytest
from PIL import Image

from martelo.demo.adapters.drawing.brush import mix, ring, smooth
from martelo.demo.adapters.drawing.gallery import GALLERY, draw_picture
from martelo.demo.domain.catalogue import OFFERS


class TestGallery:
    def test_has_one_to_three_pictures_of_every_offer(self) -> None:
        assert set(GALLERY) == {offer.name for offer in OFFERS}
        assert all(1 <= len(views) <= 3 for views in GALLERY.values())


class TestDrawPicture:
    def test_opens_as_a_picture_of_many_colours(self) -> None:
        picture = Image.open(io.BytesIO(draw_picture("brigadeiros", 1)))

        assert (picture.format, picture.size) == ("JPEG", (1200, 900))
        assert len(picture.resize((120, 90)).getcolors(120 * 90) or []) > 1000

    def test_draws_the_same_again(self) -> None:
        assert draw_picture("quindim", 0) == draw_picture("quindim", 0)

    @pytest.mark.slow
    @pytest.mark.parametrize("name", GALLERY)
    def test_draws_every_view(self, name: str) -> None:
        drawn = [draw_picture(name, number) for number in range(len(GALLERY[name]))]

        assert len(set(drawn)) == len(GALLERY[name])


class TestShapes:
    def test_mix_lies_between(self) -> None:
        assert mix((0, 0, 0), (100, 200, 50), 0.5) == (50, 100, 25)

    def test_ring_goes_round(self) -> None:
        (right, middle), *_ = ring(10, 20, 5, 3)

        assert (right, middle) == (15, 20)

    def test_smooth_passes_through_its_points(self) -> None:
        points = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]

        assert set(points) <= set(smooth(points))
