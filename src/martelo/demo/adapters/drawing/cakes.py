"""Cakes, pies and rolls."""

import math

from martelo.demo.adapters.drawing.brush import (
    Brush,
    Colour,
    Point,
    lit,
    rgb,
    ring,
    round_side,
    smooth,
)
from martelo.demo.adapters.drawing.pieces import (
    CHOCOLATE,
    CREAM,
    FLAT,
    PORCELAIN,
    Round,
    band,
    cherry,
    contact,
    dollop,
    glaze,
    layer,
    leaf,
    plate,
    rose,
    scatter,
    stand,
    strawberry,
    wedge,
)

IVORY = rgb("fdf3e7")
BLUSH = rgb("f0b6b3")
GOLD = rgb("d9a441")
SPONGE = rgb("eec27a")
COCOA_SPONGE = rgb("6b3820")
GUAVA = rgb("b5303f")
LIME = rgb("8fb339")
LEMON_CREAM = rgb("f7e58b")
CRUST = rgb("d59a52")


def wedding_cake(brush: Brush) -> None:
    """Three tiers with roses."""
    stand(brush, 600, 712, 300, 126, PORCELAIN)
    tiers = (Round(600, 548, 236, 150), Round(600, 398, 170, 140), Round(600, 262, 106, 126))
    for number, at in enumerate(tiers):
        contact(brush, at)
        layer(brush, at, IVORY if number != 1 else lit(BLUSH, 0.28), lit(IVORY, 0.3))
        band(brush, at, 0.86, 1.0, GOLD if number == 1 else BLUSH)
        _pearls(brush, at)
        _garland(brush, at)
    roses = ((452, 552, 40), (500, 586, 32), (418, 600, 28), (706, 404, 36), (744, 434, 28))
    for x, y, r in roses:
        for angle in (200, 330, 100):
            leaf(brush, x, y, r * 1.7, angle)
    for x, y, r in roses:
        rose(brush, x, y, r, BLUSH if r > 30 else rgb("f7d9c8"))
    for x, y, r, colour in (
        (568, 250, 38, BLUSH),
        (634, 248, 36, rgb("f7d9c8")),
        (600, 218, 42, rgb("e58f95")),
    ):
        leaf(brush, x, y, r * 1.7, 20 if x > 600 else 160)
        rose(brush, x, y, r, colour)


def _pearls(brush: Brush, at: Round) -> None:
    count = round(at.r / 7.5)
    for i in range(count + 1):
        angle = math.pi * i / count
        x = at.x + at.r * 1.01 * math.cos(angle)
        y = at.bottom + at.ry * 1.01 * math.sin(angle) - 4
        brush.ball(x, y, 7, rgb("fff9f0"))


def _garland(brush: Brush, at: Round) -> None:
    swags = 7
    for i in range(swags):
        start, end = math.pi * i / swags, math.pi * (i + 1) / swags
        points: list[Point] = []
        for step in range(9):
            share = step / 8
            angle = start + (end - start) * share
            sag = math.sin(math.pi * share) * at.height * 0.2
            points.append(
                (at.x + at.r * math.cos(angle), at.y + at.ry * math.sin(angle) + 16 + sag)
            )
        brush.line([(x, y + 3) for x, y in points], 5, lit(BLUSH, -0.25))
        brush.line(points, 5, lit(GOLD, 0.25))


def wedding_slice(brush: Brush) -> None:
    """A slice of it, with a rose beside."""
    plate(brush, 600, 640, 400)
    filling = rgb("e58f95")
    layers = ((64, SPONGE), (20, filling), (64, SPONGE), (20, CREAM), (64, SPONGE), (22, IVORY))
    wedge(brush, 400, 690, 400, layers, IVORY)
    for x in (500, 590):
        dollop(brush, x, 404, 26, IVORY)
    for angle in (200, 330, 80):
        leaf(brush, 340, 690, 74, angle)
    rose(brush, 340, 690, 46, BLUSH)
    rose(brush, 860, 700, 34, rgb("f7d9c8"))


def lime_pie(brush: Brush) -> None:
    """A pie in its crust with toasted meringue and lime."""
    plate(brush, 600, 640, 440, rgb("dfe9ef"))
    at = Round(600, 540, 350, 92)
    contact(brush, at)
    _crust(brush, at)
    brush.oval(
        at.x,
        at.y + 4,
        at.r * 0.93,
        at.ry * 0.92,
        ((0, lit(LEMON_CREAM, -0.1)), (0.4, lit(LEMON_CREAM, 0.4)), (1, lit(LEMON_CREAM, -0.08))),
    )
    for share, count in ((0.76, 16), (0.5, 10)):
        for i in range(count):
            angle = 2 * math.pi * i / count - math.pi / 2
            _kiss(
                brush,
                at.x + at.r * share * math.cos(angle),
                at.y + at.ry * share * math.sin(angle),
                42,
            )
    _lime_slice(brush, 560, 520, 54)
    _lime_slice(brush, 646, 530, 54)
    leaf(brush, 604, 500, 84, -60)
    leaf(brush, 596, 500, 74, -125)


def _crust(brush: Brush, at: Round) -> None:
    """A fluted crust, narrower below."""
    folds = 40
    wall = [
        *ring(at.x, at.y, at.r * 1.02, at.ry * 1.02, 180, 0),
        *ring(at.x, at.bottom, at.r * 0.86, at.ry * 0.86, 0, 180),
    ]
    brush.fill(wall, round_side(CRUST))
    for i in range(folds + 1):
        angle = math.pi * i / folds
        x, y = math.cos(angle), math.sin(angle)
        brush.line(
            [
                (at.x + at.r * 1.01 * x, at.y + at.ry * 1.01 * y + 14),
                (at.x + at.r * 0.86 * x, at.bottom + at.ry * 0.86 * y - 4),
            ],
            5,
            lit(CRUST, -0.24),
        )
    for i in range(72):
        angle = 2 * math.pi * i / 72 + 0.1
        x, y = at.x + at.r * 1.0 * math.cos(angle), at.y + at.ry * math.sin(angle)
        brush.ball(x, y, 21, lit(CRUST, 0.08 if i % 2 else -0.04), squash=0.72)


def _kiss(brush: Brush, x: float, y: float, r: float) -> None:
    """A peak of meringue, toasted at the tip."""
    dollop(brush, x, y, r, rgb("fff8ea"))
    brush.haze(
        ring(x - r * 0.05, y - r * 1.08, r * 0.3, r * 0.4),
        rgb("b5702a"),
        opacity=0.75,
        softness=r * 0.16,
    )
    brush.haze(
        ring(x + r * 0.5, y - r * 0.2, r * 0.2, r * 0.16),
        rgb("b5702a"),
        opacity=0.4,
        softness=r * 0.1,
    )


def _lime_slice(brush: Brush, x: float, y: float, r: float) -> None:
    """A slice of lime standing upright."""
    brush.haze(ring(x + 8, y + r, r * 0.7, r * 0.2), rgb("34190b"), opacity=0.35, softness=8)
    brush.oval(x + 5, y + 2, r, r, lit(LIME, -0.36))
    brush.oval(x, y, r, r, lit(LIME, -0.05))
    brush.oval(x, y, r * 0.9, r * 0.9, rgb("f3f7d9"))
    for i in range(8):
        start = 45 * i + 4
        flesh = [(x, y), *ring(x, y, r * 0.82, r * 0.82, start, start + 37)]
        middle = math.radians(start + 18)
        inner = [(px + 3 * math.cos(middle), py + 3 * math.sin(middle)) for px, py in flesh]
        brush.fill(inner, ((0, lit(LIME, 0.42)), (1, lit(LIME, 0.16))), across=False)


def lime_slice_of_pie(brush: Brush) -> None:
    """A slice of the pie."""
    plate(brush, 600, 660, 400, rgb("dfe9ef"))
    wedge(
        brush, 390, 706, 420, ((30, CRUST), (96, LEMON_CREAM), (44, rgb("fff8ea"))), rgb("fff8ea")
    )
    for x, y in (
        (520, 452),
        (600, 470),
        (690, 490),
        (560, 500),
        (640, 510),
        (470, 508),
        (760, 512),
    ):
        _kiss(brush, x, y, 36)
    _lime_slice(brush, 330, 668, 52)
    leaf(brush, 350, 712, 70, 10)


def roll_of_guava(brush: Brush) -> None:
    """A bolo de rolo, many thin turns, cut in front."""
    _board(brush)
    _roll(brush, 720, 560, 168, SPONGE, GUAVA, turns=8, sugar=True)
    _round_of(brush, 340, 630, 124, SPONGE, GUAVA, turns=8)
    _round_of(brush, 470, 676, 118, SPONGE, GUAVA, turns=8)


def roll_of_chocolate(brush: Brush) -> None:
    """A rocambole, few thick turns, with a glaze and berries."""
    _board(brush)
    dark = rgb("5b2e18")
    _roll(brush, 720, 550, 180, dark, rgb("fbe9cf"), turns=3, sugar=False)
    for i in range(5):
        x, y = 640 + i * 58, 386 - i * 14
        dollop(brush, x, y, 28)
        strawberry(brush, x, y - 42, 22)
    _round_of(brush, 370, 640, 136, dark, rgb("fbe9cf"), turns=3)


def rounds_of_guava(brush: Brush) -> None:
    """Slices of the guava roll in a row on a plate."""
    plate(brush, 600, 640, 440)
    for i, x in enumerate((330, 465, 600, 735, 870)):
        _round_of(brush, x, 590 + 22 * (i % 2), 122, SPONGE, GUAVA, turns=8)


def _board(brush: Brush) -> None:
    wood = rgb("a86b3c")
    outline = [(150, 730), (290, 590), (1000, 590), (1090, 700), (1020, 790), (230, 790)]
    brush.haze([(x + 10, y + 26) for x, y in outline], rgb("34190b"), opacity=0.5, softness=18)
    brush.fill([(x, y + 20) for x, y in outline], lit(wood, -0.3))
    brush.fill(outline, ((0, lit(wood, -0.05)), (0.4, lit(wood, 0.2)), (1, lit(wood, -0.1))))
    for i in range(9):
        y = 604 + i * 20
        brush.line(
            [(240 - i * 4, y), (1030 + i * 3, y + brush.chance.uniform(-4, 4))],
            2.4,
            lit(wood, -0.12),
        )


def _roll(
    brush: Brush,
    x: float,
    y: float,
    r: float,
    cake: Colour,
    cream: Colour,
    *,
    turns: int,
    sugar: bool,
) -> None:
    """A lying roll: its far end to the right, its cut towards us."""
    dx, dy = 250.0, -62.0
    rx = r * 0.86
    left = x - dx / 2
    brush.haze(
        [
            (left - rx * 0.7, y + r * 0.96),
            (left + rx * 0.4, y + r * 1.06),
            (left + dx + rx, y + dy + r * 0.9),
            (left + dx + rx, y + dy + r * 0.6),
        ],
        rgb("34190b"),
        opacity=0.6,
        softness=14,
    )
    far = (left + dx, y + dy)
    body = [
        *ring(left, y, rx, r, 100, 262),
        *ring(far[0], far[1], rx * 0.92, r * 0.92, -98, 80),
    ]
    brush.fill(
        body,
        (
            (0, lit(cake, 0.16)),
            (0.25, lit(cake, 0.3)),
            (0.6, lit(cake, -0.08)),
            (1, lit(cake, -0.42)),
        ),
        across=False,
    )
    brush.gloss(x + 40, y - r * 0.62, dx * 0.36, r * 0.10, opacity=0.35)
    if sugar:
        for _ in range(240):
            share, angle = (
                brush.chance.uniform(0.05, 1.05),
                math.radians(brush.chance.gauss(-92, 28)),
            )
            px = left + dx * share + rx * math.cos(angle)
            py = y + dy * share + r * (1 - 0.08 * share) * math.sin(angle)
            size = brush.chance.uniform(1.4, 3.4)
            brush.oval(px, py, size, size, rgb("fffaf2"))
    _spiral(brush, left, y, rx, r, cake, cream, turns)


def _round_of(
    brush: Brush, x: float, y: float, r: float, cake: Colour, cream: Colour, *, turns: int
) -> None:
    """A slice of a roll, leaning."""
    brush.shadow(x + 24, y + r * 0.9, r * 0.9, r * 0.2, opacity=0.5)
    brush.oval(x + 26, y - 6, r * 0.88, r, round_side(lit(cake, -0.12)))
    _spiral(brush, x, y, r * 0.88, r, cake, cream, turns)


def _spiral(
    brush: Brush, x: float, y: float, rx: float, ry: float, cake: Colour, cream: Colour, turns: int
) -> None:
    brush.oval(x, y, rx, ry, lit(cake, -0.2))
    brush.oval(
        x, y, rx * 0.975, ry * 0.975, ((0, lit(cake, 0.32)), (1, lit(cake, 0.02))), across=False
    )
    count = turns * 48
    points: list[Point] = []
    for i in range(count + 1):
        share = i / count
        size, angle = 0.06 + 0.86 * share, 2 * math.pi * turns * share + 0.6
        wobble = 1 + 0.012 * math.sin(angle * 3.7)
        points.append(
            (x + rx * size * wobble * math.cos(angle), y + ry * size * wobble * math.sin(angle))
        )
    width = rx / turns * 0.36
    brush.line([(px + 1, py + width * 0.22) for px, py in points], width, lit(cream, -0.3))
    brush.line(points, width, cream)


def volcano(brush: Brush) -> None:
    """A ring cake whose middle overflows with chocolate."""
    stand(brush, 600, 690, 400, 150, rgb("c9dbd6"))
    cake = rgb("8a4b25")
    at = Round(600, 470, 300, 190)
    contact(brush, at)
    wall = [
        *ring(at.x, at.y, at.r * 0.90, at.ry, 180, 360),
        *ring(at.x, at.bottom, at.r * 1.06, at.ry * 1.06, 0, 180),
    ]
    brush.fill(wall, round_side(cake))
    folds = 13
    for i in range(folds):
        angle = math.pi * (i + 0.5) / folds
        x, y = math.cos(angle), math.sin(angle)
        upper = (at.x + at.r * 0.90 * x, at.y + at.ry * y)
        lower = (at.x + at.r * 1.05 * x, at.bottom + at.ry * 1.02 * y - 8)
        brush.line([upper, lower], 9, lit(cake, -0.26))
        if x < 0.8:
            brush.line([(upper[0] + 12, upper[1]), (lower[0] + 13, lower[1])], 6, lit(cake, 0.14))
    lava = Round(at.x, at.y, at.r * 0.9, at.height)
    glaze(brush, lava, rgb("4b2010"), longest=0.86)
    hole = lit(rgb("4b2010"), -0.45)
    brush.oval(at.x, at.y + 2, at.r * 0.34, at.ry * 0.36, hole)
    brush.oval(
        at.x,
        at.y + 8,
        at.r * 0.31,
        at.ry * 0.30,
        ((0, rgb("37160a")), (0.4, rgb("6d3219")), (1, rgb("37160a"))),
    )
    scatter(
        brush,
        Round(at.x, at.y, at.r * 0.98, 0),
        190,
        (rgb("2c1208"), rgb("6d3219"), rgb("8c4a2a")),
        size=13,
        inner=0.42,
    )
    for i in range(6):
        angle = 2 * math.pi * i / 6 + 0.4
        strawberry(
            brush,
            at.x + at.r * 0.66 * math.cos(angle),
            at.y + at.ry * 0.66 * math.sin(angle) - 16,
            46,
        )


def volcano_slice(brush: Brush) -> None:
    """A slice of it in a pool of chocolate."""
    plate(brush, 600, 650, 410, rgb("c9dbd6"))
    pool = smooth(
        [
            (330, 680),
            (420, 622),
            (640, 610),
            (880, 640),
            (900, 700),
            (760, 736),
            (540, 728),
            (400, 724),
        ]
    )
    brush.fill([(x, y + 4) for x, y in pool], rgb("2c1208"))
    brush.fill(pool, ((0, rgb("4b2010")), (0.4, rgb("7a3b20")), (1, rgb("4b2010"))))
    wedge(brush, 410, 690, 400, ((200, rgb("9a5a2e")), (34, rgb("4b2010"))), rgb("4b2010"))
    for x, y in ((500, 420), (590, 436)):
        strawberry(brush, x, y, 32)
    strawberry(brush, 330, 668, 34)


def pave(brush: Brush) -> None:
    """Layers of biscuit and cream in a glass dish."""
    at = Round(600, 400, 330, 250)
    glass = rgb("e6f1f4")
    brush.shadow(620, 690, 350, 84, opacity=0.55)
    brush.fill(_glass_wall(at, 0, 1.0), round_side(lit(glass, -0.1)))
    levels = (
        (0.06, 0.22, CREAM),
        (0.22, 0.36, rgb("c98f52")),
        (0.36, 0.55, rgb("f6dfae")),
        (0.55, 0.68, rgb("c98f52")),
        (0.68, 0.92, rgb("5d3019")),
    )
    for low, high, colour in levels:
        brush.fill(_glass_wall(at, low, high), round_side(colour))
        if colour == rgb("c98f52"):
            _biscuits(brush, at, (low + high) / 2)
    brush.oval(
        at.x,
        at.y + 16,
        at.r * 0.97,
        at.ry * 0.95,
        ((0, lit(CREAM, -0.1)), (0.4, lit(CREAM, 0.5)), (1, lit(CREAM, -0.08))),
    )
    for i in range(15):
        angle = 2 * math.pi * i / 15 - math.pi / 2
        dollop(
            brush,
            at.x + at.r * 0.82 * math.cos(angle),
            at.y + 14 + at.ry * 0.8 * math.sin(angle),
            38,
        )
    scatter(
        brush,
        Round(at.x, at.y + 16, at.r * 0.72, 0),
        210,
        (CHOCOLATE, rgb("7a4526"), rgb("2e140a")),
        size=14,
    )
    cherry(brush, 600, 396, 32)
    cherry(brush, 556, 416, 28)
    brush.gloss(at.x - at.r * 0.66, at.y + 170, 20, 96, opacity=0.6)
    brush.gloss(at.x + at.r * 0.74, at.y + 150, 10, 80, opacity=0.4)
    rim = lit(glass, 0.6)
    brush.line(ring(at.x, at.y, at.r, at.ry, 8, 172), 6, rim)


def _glass_wall(at: Round, low: float, high: float) -> list[Point]:
    def half(share: float) -> float:
        return at.r * (1 - 0.12 * share)

    upper, lower = half(low), half(high)
    return [
        *ring(at.x, at.y + at.height * low, upper, upper * FLAT, 180, 0),
        *ring(at.x, at.y + at.height * high, lower, lower * FLAT, 0, 180),
    ]


def _biscuits(brush: Brush, at: Round, share: float) -> None:
    count = 11
    half = at.r * (1 - 0.12 * share)
    for i in range(count):
        angle = math.pi * (i + 0.5) / count
        x = at.x + half * 0.97 * math.cos(angle)
        y = at.y + at.height * share + half * FLAT * math.sin(angle)
        size = 36 * math.sin(angle) + 5
        brush.oval(x, y, size, 13, lit(rgb("dba765"), 0.3 - 0.5 * abs(i / count - 0.6)))


def pave_glass(brush: Brush) -> None:
    """The same in two glasses."""
    for x, y in ((770, 560), (440, 610)):
        at = Round(x, y - 230, 132, 250)
        brush.shadow(x + 14, y + 22, 140, 36, opacity=0.55)
        brush.fill(_glass_wall(at, 0, 1.0), round_side(rgb("d7e6ea")))
        for low, high, colour in (
            (0.05, 0.26, CREAM),
            (0.26, 0.40, rgb("c98f52")),
            (0.40, 0.60, rgb("f6dfae")),
            (0.60, 0.72, rgb("c98f52")),
            (0.72, 0.94, rgb("5d3019")),
        ):
            brush.fill(_glass_wall(at, low, high), round_side(colour))
        brush.oval(at.x, at.y + 12, at.r * 0.95, at.ry * 0.9, lit(CREAM, 0.2))
        for dx, dy in ((-56, 6), (56, 6), (0, -14), (0, 26)):
            dollop(brush, at.x + dx, at.y + dy, 46)
        scatter(
            brush, Round(at.x, at.y - 18, at.r * 0.8, 0), 46, (CHOCOLATE, rgb("7a4526")), size=12
        )
        cherry(brush, at.x, at.y - 54, 30)
        brush.gloss(at.x - 84, at.y + 130, 9, 76, opacity=0.65)
