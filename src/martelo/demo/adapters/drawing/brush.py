"""A brush: shapes with light on them, drawn larger than shown, so that their edges are smooth."""

import io
import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from random import Random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 900
OVERSAMPLED = 2
BLURRED = 8
"""What is blurred is drawn this many times smaller: nobody sees the difference."""

QUALITY = 84

Point = tuple[float, float]
Colour = tuple[int, int, int]
Stops = Sequence[tuple[float, Colour]]
"""Colours at places from 0 to 1."""

WHITE: Colour = (255, 255, 255)
SHADE: Colour = (52, 26, 12)


def rgb(text: str) -> Colour:
    """Return the colour that six hexadecimal digits say."""
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour between two; `share` is how much there is of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lit(colour: Colour, by: float) -> Colour:
    """Return a colour with more light on it, or less where `by` is negative."""
    return mix(colour, WHITE, by) if by >= 0 else mix(colour, SHADE, -by)


def round_side(colour: Colour) -> Stops:
    """Return how light falls across the side of something round, from left to right."""
    return (
        (0, lit(colour, -0.30)),
        (0.18, lit(colour, -0.06)),
        (0.36, lit(colour, 0.22)),
        (0.62, colour),
        (1, lit(colour, -0.42)),
    )


def ring(
    x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360
) -> list[Point]:
    """Return the points of an ellipse's arc, in degrees clockwise from the right."""
    steps = max(12, round(abs(end - start) / 3))
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def smooth(points: Sequence[Point], *, steps: int = 8) -> list[Point]:
    """Return a closed curve through `points` (Catmull-Rom)."""
    curve = []
    count = len(points)
    for i in range(count):
        before, here, there, after = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curve.append(
                (
                    _between(before[0], here[0], there[0], after[0], t),
                    _between(before[1], here[1], there[1], after[1], t),
                )
            )
    return curve


def _between(before: float, here: float, there: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * here
        + (there - before) * t
        + (2 * before - 5 * here + 4 * there - after) * t**2
        + (3 * here - before - 3 * there + after) * t**3
    )


class Brush:
    """A picture in the making, in units of the finished one.

    `zoom` brings (`x`, `y`) into the middle and enlarges; `chance` is the same for the same seed,
    so that the same picture comes out again.
    """

    def __init__(self, seed: str, *, zoom: float = 1, x: float = 600, y: float = 450) -> None:
        self.chance = Random(seed)  # noqa: S311 - sprinkles keep no secrets
        self._image = Image.new("RGB", (WIDTH * OVERSAMPLED, HEIGHT * OVERSAMPLED))
        self._scale = zoom * OVERSAMPLED
        self._left = x - WIDTH / 2 / zoom
        self._top = y - HEIGHT / 2 / zoom

    @property
    def middle(self) -> float:
        """What stands in the middle, from the left."""
        return self._left + WIDTH / 2 / self._zoom

    def height_at(self, share: float) -> float:
        """Return what stands at a share of the picture's height, from the top."""
        return self._top + share * HEIGHT / self._zoom

    def finish(self) -> bytes:
        """Return the picture as JPEG."""
        kept = io.BytesIO()
        self._image.reduce(OVERSAMPLED).save(kept, "JPEG", quality=QUALITY)
        return kept.getvalue()

    def backdrop(self, stops: Stops, *, top: float = 0, bottom: float = 1) -> None:
        """Fill from one height to another (0 to 1), whatever the zoom, with a gradient."""
        high, low = round(top * self._image.height), round(bottom * self._image.height)
        strip = _gradient(tuple(stops), across=False).resize((self._image.width, low - high))
        self._image.paste(strip, (0, high))

    def fill(
        self,
        points: Sequence[Point],
        stops: Stops | Colour,
        *,
        across: bool = True,
        opacity: float = 1,
    ) -> None:
        """Fill a polygon with one colour, or with a gradient across or down its extent."""
        placed = [self._place(point) for point in points]
        box = self._box(placed)
        if box is None:
            return
        if opacity == 1 and isinstance(stops[0], int):
            ImageDraw.Draw(self._image).polygon(placed, fill=_plain(stops))
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        ImageDraw.Draw(mask).polygon(
            [(x - box[0], y - box[1]) for x, y in placed], fill=round(255 * opacity)
        )
        self._image.paste(self._paint(stops, placed, box, across=across), box[:2], mask)

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        stops: Stops | Colour,
        *,
        across: bool = True,
        opacity: float = 1,
    ) -> None:
        """Fill an ellipse."""
        self.fill(ring(x, y, rx, ry), stops, across=across, opacity=opacity)

    def ball(self, x: float, y: float, r: float, colour: Colour, *, squash: float = 1) -> None:
        """Draw a ball with light from the upper left."""
        sizes = 14
        for i in range(sizes):
            share = i / (sizes - 1)
            shade = mix(lit(colour, -0.48), lit(colour, 0.16), share**0.7)
            radius = r * (1 - 0.86 * share)
            self.oval(
                x - r * 0.26 * share, y - r * 0.30 * share * squash, radius, radius * squash, shade
            )

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a line with round ends and corners."""
        placed = [self._place(point) for point in points]
        thick = width * self._scale
        pen = ImageDraw.Draw(self._image)
        pen.line(placed, fill=colour, width=max(1, round(thick)), joint="curve")
        for x, y in (placed[0], placed[-1]):
            pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=colour)

    def shadow(self, x: float, y: float, rx: float, ry: float, *, opacity: float = 0.5) -> None:
        """Lay a soft shadow on the table."""
        self.haze(ring(x, y, rx, ry), SHADE, opacity=opacity, softness=min(rx, ry) * 0.5)

    def haze(
        self, points: Sequence[Point], colour: Colour, *, opacity: float, softness: float
    ) -> None:
        """Lay a shape without edges over the picture: a shadow, or a light."""
        placed = [self._place(point) for point in points]
        radius = max(0.6, softness * self._scale / BLURRED)
        room = 3 * radius * BLURRED
        corners = [
            (min(x for x, _ in placed) - room, min(y for _, y in placed) - room),
            (max(x for x, _ in placed) + room, max(y for _, y in placed) + room),
        ]
        box = self._box(corners)
        if box is None:
            return
        left, top, right, bottom = box
        small = Image.new("L", (-(-(right - left) // BLURRED), -(-(bottom - top) // BLURRED)))
        ImageDraw.Draw(small).polygon(
            [((x - left) / BLURRED, (y - top) / BLURRED) for x, y in placed],
            fill=round(255 * opacity),
        )
        mask = small.filter(ImageFilter.GaussianBlur(radius)).resize(
            (right - left, bottom - top), Image.Resampling.BILINEAR
        )
        self._image.paste(colour, box, mask)

    def vignette(self) -> None:
        """Darken the corners a little."""
        small = Image.new("L", (WIDTH // BLURRED, HEIGHT // BLURRED), 72)
        width, height = small.size
        ImageDraw.Draw(small).ellipse(
            (-width * 0.12, -height * 0.16, width * 1.12, height * 1.12), fill=0
        )
        mask = small.filter(ImageFilter.GaussianBlur(14)).resize(self._image.size)
        self._image.paste(SHADE, (0, 0), mask)

    def gloss(self, x: float, y: float, rx: float, ry: float, *, opacity: float = 0.5) -> None:
        """Lay a soft light on something shining."""
        self.haze(ring(x, y, rx, ry), WHITE, opacity=opacity, softness=min(rx, ry) * 0.6)

    def bokeh(self, count: int, colours: Sequence[Colour], *, below: float) -> None:
        """Draw lights far behind, out of focus, above the height `below`."""
        for _ in range(count):
            x, y = self.chance.uniform(0, 1), self.chance.uniform(0, below)
            r = self.chance.uniform(24, 70)
            colour = self.chance.choice(list(colours))
            point = (self._left + x * WIDTH / self._zoom, self._top + y * HEIGHT / self._zoom)
            size = r / self._zoom
            self.haze(ring(*point, size, size), colour, opacity=0.26, softness=size * 0.1)

    @property
    def _zoom(self) -> float:
        return self._scale / OVERSAMPLED

    def _place(self, point: Point) -> Point:
        return (point[0] - self._left) * self._scale, (point[1] - self._top) * self._scale

    def _box(self, placed: Sequence[Point]) -> tuple[int, int, int, int] | None:
        """Return the whole pixels of the picture that a shape may touch; `None`: it is outside."""
        left = max(0, math.floor(min(x for x, _ in placed)))
        top = max(0, math.floor(min(y for _, y in placed)))
        right = min(self._image.width, math.ceil(max(x for x, _ in placed)) + 1)
        bottom = min(self._image.height, math.ceil(max(y for _, y in placed)) + 1)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _paint(
        self,
        stops: Stops | Colour,
        placed: Sequence[Point],
        box: tuple[int, int, int, int],
        *,
        across: bool,
    ) -> Image.Image:
        """Return the paint of a box out of a gradient over the whole extent of the shape."""
        size = (box[2] - box[0], box[3] - box[1])
        if isinstance(stops[0], int):
            return Image.new("RGB", size, _plain(stops))
        along = 0 if across else 1
        low, high = min(p[along] for p in placed), max(p[along] for p in placed)
        extent = max(high - low, 1)
        strip = _gradient(_stops(stops), across=across)
        first, last = (
            min(max((edge - low) / extent, 0), 1) * 256 for edge in (box[along], box[along + 2])
        )
        last = max(last, first + 0.5)
        window = (first, 0, last, 1) if across else (0, first, 1, last)
        return strip.resize(size, Image.Resampling.BILINEAR, box=window)


def _plain(stops: Stops | Colour) -> Colour:
    red, green, blue = stops
    if isinstance(red, int) and isinstance(green, int) and isinstance(blue, int):
        return red, green, blue
    raise TypeError("a gradient where one colour is meant")


def _stops(stops: Stops | Colour) -> tuple[tuple[float, Colour], ...]:
    return tuple(stop for stop in stops if not isinstance(stop, int))


@lru_cache(maxsize=256)
def _gradient(stops: tuple[tuple[float, Colour], ...], *, across: bool) -> Image.Image:
    """Return a strip of 256 pixels from the first colour to the last."""
    strip = Image.new("RGB", (256, 1))
    for i in range(256):
        at = i / 255
        colour = stops[-1][1]
        for (low, one), (high, other) in pairwise(stops):
            if at <= high:
                colour = mix(one, other, (at - low) / max(high - low, 1e-6))
                break
        strip.putpixel((i, 0), colour)
    return strip if across else strip.transpose(Image.Transpose.ROTATE_270)
