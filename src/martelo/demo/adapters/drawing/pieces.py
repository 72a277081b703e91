"""What cakes are made of, and what they stand on; sizes are in units of the picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from martelo.demo.adapters.drawing.brush import (
    Brush,
    Colour,
    Point,
    lit,
    mix,
    rgb,
    ring,
    round_side,
    smooth,
)

FLAT = 0.24
"""How flat a circle on the table looks."""

CHERRY = rgb("c4162f")
LEAF = rgb("5c8f3d")
CREAM = rgb("fff4e0")
CHOCOLATE = rgb("4a2414")
PORCELAIN = rgb("fbf7f1")


@dataclass(frozen=True, slots=True)
class Round:
    """A round layer: the middle of its upper face, its half width and its height."""

    x: float
    y: float
    r: float
    height: float

    @property
    def bottom(self) -> float:
        """The height of the middle of its lower face."""
        return self.y + self.height

    @property
    def ry(self) -> float:
        """Half the height of a face as it is seen."""
        return self.r * FLAT


def plate(brush: Brush, x: float, y: float, r: float, colour: Colour = PORCELAIN) -> None:
    """Draw a plate; (`x`, `y`) is its middle."""
    ry = r * FLAT
    brush.shadow(x + r * 0.05, y + ry * 0.45, r * 1.02, ry * 1.05, opacity=0.55)
    brush.oval(x, y + ry * 0.14, r, ry, lit(colour, -0.34))
    brush.oval(
        x, y, r, ry, ((0, lit(colour, -0.10)), (0.4, lit(colour, 0.6)), (1, lit(colour, -0.16)))
    )
    brush.oval(x, y + ry * 0.02, r * 0.80, ry * 0.78, lit(colour, -0.12))
    brush.oval(
        x, y + ry * 0.06, r * 0.79, ry * 0.76, ((0, lit(colour, -0.05)), (1, lit(colour, 0.5)))
    )


def stand(brush: Brush, x: float, y: float, r: float, height: float, colour: Colour) -> None:
    """Draw a cake stand; (`x`, `y`) is the middle of its dish."""
    ry, foot = r * FLAT, y + height
    brush.shadow(x + 20, foot + 6, r * 0.72, ry * 0.72, opacity=0.55)
    brush.oval(x, foot + 8, r * 0.46, ry * 0.46, round_side(lit(colour, -0.16)))
    brush.oval(x, foot, r * 0.46, ry * 0.46, round_side(lit(colour, 0.05)))
    waist = r * 0.09
    left = [
        (x - r * 0.30, y + ry * 0.4),
        (x - waist, y + height * 0.42),
        (x - waist * 1.5, y + height * 0.62),
        (x - r * 0.34, foot),
    ]
    right = [(2 * x - px, py) for px, py in reversed(left)]
    brush.fill([*left, *ring(x, foot, r * 0.34, ry * 0.3, 180, 0), *right], round_side(colour))
    brush.oval(x, y + ry * 0.26, r, ry, round_side(lit(colour, -0.12)))
    brush.oval(
        x, y, r, ry, ((0, lit(colour, 0.1)), (0.4, lit(colour, 0.55)), (1, lit(colour, -0.1)))
    )
    brush.oval(x, y + 3, r * 0.93, ry * 0.91, ((0, lit(colour, -0.08)), (1, lit(colour, 0.3))))


def layer(brush: Brush, at: Round, side: Colour, top: Colour | None = None) -> None:
    """Draw a round layer with light on its side."""
    wall = [*ring(at.x, at.y, at.r, at.ry, 180, 360), *ring(at.x, at.bottom, at.r, at.ry, 0, 180)]
    brush.fill(wall, round_side(side))
    face = top or lit(side, 0.25)
    brush.oval(
        at.x,
        at.y,
        at.r,
        at.ry,
        ((0, lit(face, 0.04)), (0.4, lit(face, 0.3)), (1, lit(face, -0.12))),
    )


def band(brush: Brush, at: Round, low: float, high: float, colour: Colour) -> None:
    """Draw a band around a layer, between two shares of its height from the top."""
    upper, lower = at.y + at.height * low, at.y + at.height * high
    around = [*ring(at.x, upper, at.r, at.ry, 180, 0), *ring(at.x, lower, at.r, at.ry, 0, 180)]
    brush.fill(around, round_side(colour))


def contact(brush: Brush, at: Round) -> None:
    """Darken what a layer stands on."""
    brush.haze(
        ring(at.x + at.r * 0.03, at.bottom + at.ry * 0.22, at.r * 1.04, at.ry * 1.06),
        rgb("34190b"),
        opacity=0.42,
        softness=at.ry * 0.22,
    )


def glaze(brush: Brush, at: Round, colour: Colour, *, longest: float = 0.6) -> None:
    """Pour a glaze over a layer: it covers the top and runs down in drips."""
    edge = lit(colour, -0.2)
    outline = _drips(brush, at, longest)
    brush.fill([(x + 2, y + 5) for x, y in outline], lit(colour, -0.42), opacity=0.45)
    brush.fill(outline, round_side(colour))
    brush.oval(at.x, at.y, at.r * 1.005, at.ry, ((0, edge), (0.4, lit(colour, 0.2)), (1, edge)))
    brush.oval(
        at.x,
        at.y + at.ry * 0.05,
        at.r * 0.95,
        at.ry * 0.92,
        ((0, colour), (0.35, lit(colour, 0.24)), (1, lit(colour, -0.05))),
    )
    brush.gloss(at.x - at.r * 0.36, at.y - at.ry * 0.2, at.r * 0.3, at.ry * 0.24, opacity=0.4)
    brush.gloss(at.x - at.r * 0.32, at.y + at.ry * 1.12, at.r * 0.16, at.ry * 0.10, opacity=0.5)


def _drips(brush: Brush, at: Round, longest: float) -> list[Point]:
    """Return the outline of a glaze, whose lower edge hangs down in round ends."""
    points: list[Point] = list(ring(at.x, at.y, at.r * 1.012, at.ry * 1.02, 180, 360))
    count = max(7, round(at.r / 17))
    reach = [brush.chance.uniform(0.25, 1) * at.height * longest for _ in range(count)]
    for i in range(count * 16 + 1):
        share = i / (count * 16)
        angle = math.radians(180 * share)
        wave = 0.5 - 0.5 * math.cos(2 * math.pi * share * count)
        drop = at.ry * 0.22 + reach[min(int(share * count), count - 1)] * wave**1.7
        points.append(
            (at.x + at.r * 1.012 * math.cos(angle), at.y + at.ry * math.sin(angle) + drop)
        )
    return points


def dollop(brush: Brush, x: float, y: float, r: float, colour: Colour = CREAM) -> None:
    """Pipe a dollop of cream: three turns and a tip; (`x`, `y`) is the middle of its foot."""
    brush.haze(
        ring(x + r * 0.1, y + r * 0.2, r, r * 0.45), rgb("34190b"), opacity=0.3, softness=r * 0.16
    )
    for share in (0, 0.36, 0.66, 0.88):
        size = r * (1 - share * 0.86)
        level = y - r * 1.15 * share
        folds = 9
        turn = [
            (
                x + size * (1 + 0.07 * math.cos(folds * a)) * math.cos(a),
                level + size * 0.46 * (1 + 0.07 * math.cos(folds * a)) * math.sin(a),
            )
            for a in (math.radians(d) for d in range(0, 360, 6))
        ]
        brush.fill([(px, py + r * 0.1) for px, py in turn], lit(colour, -0.17))
        brush.fill(
            turn, ((0, lit(colour, -0.10)), (0.35, lit(colour, 0.7)), (1, lit(colour, -0.16)))
        )
    brush.fill(
        smooth([(x - r * 0.13, y - r), (x - r * 0.02, y - r * 1.5), (x + r * 0.12, y - r)]),
        lit(colour, 0.3),
    )


def cherry(
    brush: Brush, x: float, y: float, r: float, colour: Colour = CHERRY, *, stem: bool = True
) -> None:
    """Draw a cherry; (`x`, `y`) is its middle."""
    brush.haze(
        ring(x + r * 0.2, y + r * 0.85, r, r * 0.35), rgb("34190b"), opacity=0.4, softness=r * 0.2
    )
    brush.ball(x, y, r, colour)
    brush.oval(x - r * 0.34, y - r * 0.4, r * 0.2, r * 0.13, lit(colour, 0.8), opacity=0.9)
    if stem:
        curve = [(x + r * 0.9 * t**1.8, y - r * 0.8 - r * 1.5 * t) for t in (0, 0.25, 0.5, 0.75, 1)]
        brush.line(curve, r * 0.13, rgb("6b7a2c"))


def strawberry(brush: Brush, x: float, y: float, r: float) -> None:
    """Draw a strawberry standing on its cut side, tip up."""
    red = rgb("d5203a")
    body = smooth(
        [
            (x, y - r * 1.25),
            (x + r * 0.62, y - r * 0.6),
            (x + r * 0.8, y + r * 0.1),
            (x + r * 0.4, y + r * 0.45),
            (x - r * 0.4, y + r * 0.45),
            (x - r * 0.8, y + r * 0.1),
            (x - r * 0.62, y - r * 0.6),
        ]
    )
    brush.haze(
        ring(x + r * 0.15, y + r * 0.45, r * 0.9, r * 0.3),
        rgb("34190b"),
        opacity=0.4,
        softness=r * 0.16,
    )
    brush.fill(body, round_side(red))
    for row, seeds in enumerate((1, 2, 3, 3)):
        for i in range(seeds):
            sx = x + (i - (seeds - 1) / 2) * r * 0.42
            brush.oval(sx, y - r * 0.85 + row * r * 0.34, r * 0.05, r * 0.08, rgb("ffdf8a"))
    brush.gloss(x - r * 0.32, y - r * 0.5, r * 0.14, r * 0.28, opacity=0.55)


def leaf(
    brush: Brush, x: float, y: float, length: float, angle: float, colour: Colour = LEAF
) -> None:
    """Draw a leaf that starts at (`x`, `y`) and points to `angle` degrees."""
    turn = math.radians(angle)

    def at(along: float, aside: float) -> Point:
        return (
            x + length * (along * math.cos(turn) - aside * math.sin(turn)),
            y + length * (along * math.sin(turn) + aside * math.cos(turn)),
        )

    blade = smooth(
        [at(0, 0), at(0.35, -0.22), at(0.75, -0.16), at(1, 0), at(0.75, 0.16), at(0.35, 0.22)]
    )
    brush.fill(blade, ((0, lit(colour, -0.2)), (1, lit(colour, 0.2))), across=False)
    brush.line([at(0.05, 0), at(0.9, 0)], length * 0.03, lit(colour, 0.3))


def rose(brush: Brush, x: float, y: float, r: float, colour: Colour) -> None:
    """Draw a sugar rose seen from the front."""
    brush.haze(
        ring(x + r * 0.15, y + r * 0.3, r, r * 0.9), rgb("34190b"), opacity=0.3, softness=r * 0.2
    )
    for row, (petals, out, size) in enumerate(((7, 0.62, 0.5), (5, 0.38, 0.42), (3, 0.17, 0.32))):
        for i in range(petals):
            angle = math.radians(360 / petals * i + row * 31)
            px, py = x + r * out * math.cos(angle), y + r * out * math.sin(angle) * 0.9
            brush.oval(
                px, py + r * 0.05, r * size, r * size * 0.92, lit(colour, -0.26 + row * 0.04)
            )
            brush.oval(
                px,
                py,
                r * size,
                r * size * 0.9,
                ((0, lit(colour, 0.35)), (1, lit(colour, -0.08 + row * 0.03))),
                across=False,
            )
    brush.oval(x, y, r * 0.14, r * 0.12, lit(colour, -0.3))


def scatter(
    brush: Brush,
    at: Round,
    count: int,
    colours: Sequence[Colour],
    *,
    size: float = 8,
    inner: float = 0,
) -> None:
    """Strew sprinkles over the top of a layer, outside a share `inner` of its radius."""
    for _ in range(count):
        out = math.sqrt(brush.chance.uniform(inner**2, 0.8))
        angle = brush.chance.uniform(0, 2 * math.pi)
        x, y = at.x + at.r * out * math.cos(angle), at.y + at.ry * out * math.sin(angle)
        tilt = brush.chance.uniform(0, math.pi)
        dx, dy = size * math.cos(tilt) / 2, size * math.sin(tilt) / 3
        colour = brush.chance.choice(list(colours))
        brush.line(
            [(x - dx + 1, y - dy + 2), (x + dx + 1, y + dy + 2)], size * 0.42, lit(colour, -0.5)
        )
        brush.line([(x - dx, y - dy), (x + dx, y + dy)], size * 0.42, colour)


def wedge(
    brush: Brush,
    x: float,
    y: float,
    width: float,
    layers: Sequence[tuple[float, Colour]],
    top: Colour,
) -> None:
    """Draw a slice with its cut towards us; (`x`, `y`) is the lower left corner of the cut.

    `layers` are heights and colours from the bottom.
    """
    height = sum(size for size, _ in layers)
    tip = (x + width * 1.04, y - width * 0.05)
    back = (x + width * 0.30, y - width * 0.30)
    brush.shadow(x + width * 0.52, y + 2, width * 0.62, width * 0.12, opacity=0.5)
    level = y
    for size, colour in layers:
        crumb = [
            (x, level),
            (tip[0], tip[1] + level - y),
            (tip[0], tip[1] + level - y - size),
            (x, level - size),
        ]
        brush.fill(
            crumb, ((0, lit(colour, 0.06)), (0.6, lit(colour, 0.2)), (1, lit(colour, -0.12)))
        )
        _crumbs(brush, crumb, colour)
        level -= size
    up = [(x, y - height), (tip[0], tip[1] - height), (back[0], back[1] - height)]
    brush.fill(up, ((0, lit(top, 0.05)), (0.5, lit(top, 0.3)), (1, lit(top, -0.06))))
    lip = [(x, y - height - 1), (tip[0], tip[1] - height - 1)]
    steps = 24
    hanging = [
        (
            lip[1][0] + (lip[0][0] - lip[1][0]) * i / steps,
            lip[1][1] + (lip[0][1] - lip[1][1]) * i / steps + 8 + 7 * math.sin(i * 1.9),
        )
        for i in range(steps + 1)
    ]
    brush.fill([*lip, *hanging], ((0, lit(top, -0.05)), (0.6, lit(top, 0.2)), (1, lit(top, -0.15))))


def _crumbs(brush: Brush, area: Sequence[Point], colour: Colour) -> None:
    """Speckle the cut of a sponge."""
    left, right = area[0][0], area[1][0]
    low, high = area[0][1], area[3][1]
    for _ in range(round((right - left) * (low - high) / 260)):
        share = brush.chance.uniform(0.01, 0.99)
        sx = left + (right - left) * share
        sy = brush.chance.uniform(high + 3, low - 3) + (area[1][1] - area[0][1]) * share
        tone = lit(colour, brush.chance.choice((-0.16, -0.1, 0.2)))
        brush.oval(sx, sy, brush.chance.uniform(1, 3), brush.chance.uniform(0.8, 2), tone)


def paper_cup(brush: Brush, x: float, y: float, r: float, height: float, colour: Colour) -> None:
    """Draw a pleated paper cup; (`x`, `y`) is the middle of its opening."""
    ry, foot = r * FLAT * 1.3, 0.74
    brush.shadow(x + r * 0.1, y + height, r * 0.86, ry * 0.9, opacity=0.5)
    pleats = 22
    for i in range(pleats):
        start, end = math.pi - math.pi * i / pleats, math.pi - math.pi * (i + 1) / pleats
        light = 0.26 - 0.6 * abs(i / pleats - 0.33) + (0.10 if i % 2 else -0.10)
        quarter = [
            (x + r * math.cos(start), y + ry * math.sin(start)),
            (x + r * math.cos(end), y + ry * math.sin(end)),
            (x + r * foot * math.cos(end), y + height + ry * foot * math.sin(end)),
            (x + r * foot * math.cos(start), y + height + ry * foot * math.sin(start)),
        ]
        brush.fill(quarter, lit(colour, light))
    brush.oval(x, y, r, ry, lit(colour, -0.25))


def candle(brush: Brush, x: float, y: float, height: float, colour: Colour) -> None:
    """Draw a burning candle standing at (`x`, `y`)."""
    brush.fill(
        [(x - 7, y), (x + 7, y), (x + 7, y - height), (x - 7, y - height)], round_side(colour)
    )
    for i in range(3):
        low = y - height * (0.15 + 0.28 * i)
        brush.line([(x - 6, low), (x + 6, low - 10)], 4, mix(colour, (255, 255, 255), 0.75))
    flame = y - height - 16
    brush.haze(ring(x, flame, 46, 46), rgb("ffd27a"), opacity=0.6, softness=18)
    brush.fill(
        smooth([(x, flame - 24), (x + 9, flame + 2), (x, flame + 14), (x - 9, flame + 2)]),
        rgb("ffb02e"),
    )
    brush.fill(
        smooth([(x, flame - 8), (x + 4, flame + 5), (x, flame + 12), (x - 4, flame + 5)]),
        rgb("fff1b8"),
    )
