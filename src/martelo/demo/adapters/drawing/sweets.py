"""Sweets that come by the dozen."""

import math

from martelo.demo.adapters.drawing.brush import Brush, Colour, lit, rgb, ring, round_side
from martelo.demo.adapters.drawing.pieces import (
    FLAT,
    Round,
    candle,
    cherry,
    contact,
    layer,
    leaf,
    paper_cup,
    plate,
    rose,
    stand,
)

MACARONS = tuple(
    rgb(c) for c in ("f2a7b8", "b9d89a", "f4d06f", "c9a7d8", "9bcfd2", "f0b487", "8c5a3c")
)
HONEY_COAT = rgb("3e1e10")
EGG = rgb("f6b21b")


def brigadeiros_in_a_box(brush: Brush) -> None:
    """An open box seen from above, in rows."""
    box = rgb("c9564b")
    outer = [(210, 300), (990, 300), (1090, 800), (110, 800)]
    brush.haze([(x + 14, y + 22) for x, y in outer], rgb("34190b"), opacity=0.6, softness=20)
    brush.fill([(190, 270), (1010, 270), (990, 300), (210, 300)], lit(box, 0.15))
    brush.fill(outer, ((0, lit(box, -0.1)), (0.5, lit(box, 0.14)), (1, lit(box, -0.2))))
    brush.fill([(242, 322), (958, 322), (1044, 772), (156, 772)], lit(box, -0.42))
    kinds = (
        (rgb("4a2413"), (rgb("2d1309"), rgb("6d3a20"))),
        (rgb("4a2413"), (rgb("2d1309"), rgb("6d3a20"))),
        (rgb("f0e0c2"), (rgb("ffffff"), rgb("f6ead4"))),
        (rgb("a9c27a"), (rgb("6f8f46"), rgb("c6d99c"))),
        (rgb("e58fa2"), (rgb("ffd7df"), rgb("c65a75"))),
    )
    for row in range(4):
        depth = row / 3
        y, half, r = 386 + 112 * row, 290 + 70 * depth, 62 + 9 * depth
        for column in range(5):
            x = 600 + (column - 2) / 2 * half
            colour, strewn = kinds[(row + column * 2) % len(kinds)]
            _frill(brush, x, y + r * 0.28, r * 1.02, lit(rgb("f7efe2"), -0.04))
            _brigadeiro(brush, x, y, r * 0.78, colour, strewn)


def brigadeiros_on_a_plate(brush: Brush) -> None:
    """A small heap, near."""
    stand(brush, 600, 650, 390, 150, rgb("f3d9d4"))
    dark = (rgb("4a2413"), (rgb("2d1309"), rgb("7a4526")))
    white = (rgb("f0e0c2"), (rgb("ffffff"), rgb("e9d8b4")))
    places = (
        (390, 600, dark),
        (530, 584, white),
        (670, 584, dark),
        (810, 600, dark),
        (450, 640, dark),
        (600, 652, dark),
        (750, 640, white),
        (525, 520, dark),
        (675, 520, dark),
        (600, 566, dark),
        (600, 448, dark),
    )
    for x, y, (colour, strewn) in places:
        _brigadeiro(brush, x, y, 78, colour, strewn)


def _frill(brush: Brush, x: float, y: float, r: float, colour: Colour) -> None:
    """A paper cup seen from above."""
    points = []
    for i in range(0, 360, 3):
        wave = 1 + 0.06 * math.cos(math.radians(i * 20))
        points.append(
            (
                x + r * wave * math.cos(math.radians(i)),
                y + r * 0.72 * wave * math.sin(math.radians(i)),
            )
        )
    brush.fill([(px + 3, py + 5) for px, py in points], rgb("34190b"), opacity=0.4)
    brush.fill(points, ((0, lit(colour, -0.18)), (0.4, lit(colour, 0.5)), (1, lit(colour, -0.24))))
    for i in range(0, 360, 18):
        angle = math.radians(i)
        brush.line(
            [
                (x + r * 0.6 * math.cos(angle), y + r * 0.43 * math.sin(angle)),
                (x + r * math.cos(angle), y + r * 0.72 * math.sin(angle)),
            ],
            1.6,
            lit(colour, -0.2),
        )


def _brigadeiro(
    brush: Brush, x: float, y: float, r: float, colour: Colour, strewn: tuple[Colour, ...]
) -> None:
    brush.haze(
        ring(x + r * 0.1, y + r * 0.8, r * 0.95, r * 0.34),
        rgb("34190b"),
        opacity=0.45,
        softness=r * 0.16,
    )
    brush.ball(x, y, r, colour)
    for _ in range(150):
        out, angle = math.sqrt(brush.chance.uniform(0, 0.97)), brush.chance.uniform(0, 2 * math.pi)
        px, py = x + r * out * math.cos(angle), y + r * out * math.sin(angle)
        tilt = brush.chance.uniform(0, math.pi)
        dx, dy = r * 0.075 * math.cos(tilt), r * 0.075 * math.sin(tilt)
        light = -0.45 * max(0.0, (px - x + py - y) / r) + 0.25 * max(0.0, -(px - x + py - y) / r)
        tone = lit(brush.chance.choice(strewn), light)
        brush.line(
            [(px - dx + 1, py - dy + 2), (px + dx + 1, py + dy + 2)], r * 0.06, lit(tone, -0.45)
        )
        brush.line([(px - dx, py - dy), (px + dx, py + dy)], r * 0.06, tone)
    brush.gloss(x - r * 0.36, y - r * 0.42, r * 0.24, r * 0.18, opacity=0.35)


def quindim(brush: Brush) -> None:
    """One large, glossy ring."""
    plate(brush, 600, 660, 430, rgb("cfe0e6"))
    _quindim(brush, 600, 480, 300, 170)
    leaf(brush, 880, 700, 90, -30)
    cherry(brush, 300, 690, 32)


def quindins(brush: Brush) -> None:
    """Small ones on a plate."""
    plate(brush, 600, 640, 460, rgb("f6e6e0"))
    for x, y in (
        (420, 560),
        (600, 540),
        (780, 560),
        (330, 640),
        (510, 650),
        (690, 650),
        (870, 640),
    ):
        _quindim(brush, x, y - 44, 96, 62)


def _quindim(brush: Brush, x: float, y: float, r: float, height: float) -> None:
    at = Round(x, y, r, height)
    contact(brush, at)
    coconut = rgb("f3d58c")
    wall = [
        *ring(x, y, r * 0.78, at.ry * 0.78, 180, 360),
        *ring(x, at.bottom, r, at.ry, 0, 180),
    ]
    brush.fill(wall, round_side(EGG))
    lower = [
        *ring(x, y + height * 0.72, r * 0.945, at.ry * 0.945, 180, 0),
        *ring(x, at.bottom, r, at.ry, 0, 180),
    ]
    brush.fill(lower, round_side(coconut))
    for _ in range(round(r * 0.9)):
        angle = brush.chance.uniform(0, math.pi)
        px = x + r * 0.97 * math.cos(angle)
        py = y + height * brush.chance.uniform(0.80, 0.99) + at.ry * 0.97 * math.sin(angle)
        brush.oval(px, py, r * 0.014, r * 0.009, rgb("fff3d0"))
    brush.oval(
        x,
        y + at.ry * 0.06,
        r * 0.79,
        at.ry * 0.80,
        ((0, lit(EGG, -0.14)), (0.4, lit(EGG, 0.34)), (1, lit(EGG, -0.2))),
    )
    brush.oval(x, y - at.ry * 0.02, r * 0.68, at.ry * 0.64, lit(EGG, 0.12))
    brush.oval(x, y + at.ry * 0.03, r * 0.27, at.ry * 0.31, lit(EGG, -0.5))
    brush.oval(x, y + at.ry * 0.10, r * 0.23, at.ry * 0.22, lit(EGG, -0.25))
    brush.gloss(x - r * 0.42, y - at.ry * 0.16, r * 0.20, at.ry * 0.20, opacity=0.85)
    brush.gloss(x - r * 0.52, y + height * 0.42 + at.ry * 0.5, r * 0.07, height * 0.20, opacity=0.8)
    brush.gloss(
        x + r * 0.30, y + height * 0.5 + at.ry * 0.85, r * 0.12, height * 0.08, opacity=0.45
    )


def bem_casados(brush: Brush) -> None:
    """Pairs of sponge with doce de leche, and wrapped ones behind."""
    plate(brush, 600, 650, 450, rgb("f4ece4"))
    for x, y, colour in (
        (400, 520, rgb("f4c9c6")),
        (535, 500, rgb("fdf6ee")),
        (675, 500, rgb("cfe0cf")),
        (810, 520, rgb("f0b6b3")),
    ):
        _wrapped(brush, x, y, 92, colour)
    for x, y in ((330, 640), (530, 670), (740, 660)):
        _pair(brush, x, y, 116)


def bem_casado(brush: Brush) -> None:
    """One wrapped, one opened, near."""
    _wrapped(brush, 840, 560, 165, rgb("f4c9c6"))
    plate(brush, 440, 690, 330, rgb("f4ece4"))
    _pair(brush, 440, 650, 200)
    rose(brush, 690, 780, 40, rgb("f0b6b3"))
    leaf(brush, 726, 786, 74, 12)


def _pair(brush: Brush, x: float, y: float, r: float) -> None:
    sponge = rgb("e6b56c")
    low, high = Round(x, y, r, r * 0.26), Round(x, y - r * 0.44, r, r * 0.26)
    contact(brush, low)
    layer(brush, low, sponge)
    layer(brush, Round(x, y - r * 0.18, r * 1.01, r * 0.2), rgb("a9641f"))
    brush.gloss(x - r * 0.4, y + r * 0.12, r * 0.16, r * 0.04, opacity=0.5)
    layer(brush, high, sponge, rgb("f6e3c2"))
    brush.haze(
        ring(x, high.y, r * 0.72, r * 0.72 * FLAT), (255, 255, 255), opacity=0.85, softness=r * 0.07
    )
    for _ in range(90):
        out, angle = math.sqrt(brush.chance.uniform(0, 0.9)), brush.chance.uniform(0, 2 * math.pi)
        brush.oval(
            x + r * out * math.cos(angle),
            high.y + r * FLAT * out * math.sin(angle),
            2.4,
            1.6,
            (255, 255, 255),
        )


def _wrapped(brush: Brush, x: float, y: float, r: float, colour: Colour) -> None:
    """A sweet in crepe paper, gathered above by a ribbon."""
    brush.shadow(x + r * 0.1, y + r * 0.92, r * 0.95, r * 0.2, opacity=0.45)
    folds = 15
    for i in range(folds):
        a = math.pi * (0.06 + 0.88 * i / folds)
        b = math.pi * (0.06 + 0.88 * (i + 1) / folds)
        light = 0.36 - 0.62 * abs(i / folds - 0.62) + (0.07 if i % 2 else -0.07)
        skirt = [(x - r * 0.95 * math.cos(t), y + r * 0.2 + r * 0.72 * math.sin(t)) for t in (a, b)]
        brush.fill(
            [
                (x - r * 0.16 * math.cos(a), y - r * 0.42),
                skirt[0],
                skirt[1],
                (x - r * 0.16 * math.cos(b), y - r * 0.42),
            ],
            lit(colour, light),
        )
        tip = [
            (
                x - r * 0.62 * math.cos(t),
                y - r * (0.78 + 0.3 * math.sin(t)) - (r * 0.08 if i % 2 else 0),
            )
            for t in (a, b)
        ]
        brush.fill(
            [
                (x - r * 0.16 * math.cos(a), y - r * 0.42),
                tip[0],
                tip[1],
                (x - r * 0.16 * math.cos(b), y - r * 0.42),
            ],
            lit(colour, light + 0.08),
        )
    ribbon = rgb("b5303f")
    for side in (-1, 1):
        brush.line(
            [
                (x, y - r * 0.4),
                (x + side * r * 0.26, y - r * 0.1),
                (x + side * r * 0.2, y + r * 0.24),
            ],
            r * 0.08,
            lit(ribbon, -0.1),
        )
        brush.oval(x + side * r * 0.22, y - r * 0.46, r * 0.22, r * 0.13, round_side(ribbon))
        brush.oval(x + side * r * 0.24, y - r * 0.46, r * 0.11, r * 0.06, lit(ribbon, -0.35))
    brush.ball(x, y - r * 0.44, r * 0.12, ribbon)


def honey_cakes(brush: Brush) -> None:
    """Pão de mel, coated; one cut."""
    plate(brush, 600, 640, 450, rgb("e9d6bd"))
    for x, y in ((420, 500), (610, 480), (800, 500)):
        _honey_cake(brush, x, y, 112)
    _honey_cake(brush, 370, 610, 118)
    _honey_half(brush, 600, 640, 150)
    _honey_cake(brush, 850, 620, 118)


def honey_cakes_stacked(brush: Brush) -> None:
    """A pile of three, and one beside."""
    plate(brush, 560, 690, 400, rgb("e9d6bd"))
    for y in (628, 516, 404):
        _honey_cake(brush, 520, y, 170)
    _honey_cake(brush, 800, 676, 122)
    dipper = rgb("c08a4a")
    brush.shadow(930, 770, 170, 20, opacity=0.4)
    brush.line([(820, 770), (1080, 700)], 12, dipper)
    for i in range(5):
        brush.line(
            [(800 + i * 16, 748 - i * 4), (806 + i * 16, 796 - i * 4)],
            11,
            lit(dipper, 0.1 if i % 2 else -0.1),
        )


def _honey_cake(brush: Brush, x: float, y: float, r: float) -> None:
    at = Round(x, y, r, r * 0.5)
    contact(brush, at)
    layer(brush, at, HONEY_COAT, lit(HONEY_COAT, 0.08))
    brush.gloss(x - r * 0.5, y + r * 0.42, r * 0.12, r * 0.1, opacity=0.45)
    brush.gloss(x - r * 0.3, y - r * 0.05, r * 0.36, r * 0.07, opacity=0.35)
    for i in range(7):
        across = (i - 3) / 3.6
        half = at.ry * math.sqrt(max(0.0, 1 - across**2)) * 0.9
        brush.line(
            [(x + r * across - r * 0.1, y - half), (x + r * across + r * 0.1, y + half)],
            r * 0.035,
            rgb("f0dcc0"),
        )


def _honey_half(brush: Brush, x: float, y: float, r: float) -> None:
    """One cut through, showing its filling."""
    at = Round(x, y, r, r * 0.52)
    contact(brush, at)
    brush.fill([*ring(x, y, r, at.ry, 180, 360)], lit(HONEY_COAT, 0.12))
    face = [(x - r, y), (x + r, y), (x + r, at.bottom), (x - r, at.bottom)]
    brush.fill(face, HONEY_COAT)
    crumb = rgb("8a4e22")
    for low, high, colour in (
        (0.14, 0.40, crumb),
        (0.40, 0.60, rgb("d9923a")),
        (0.60, 0.86, crumb),
    ):
        top, bottom = y + at.height * low, y + at.height * high
        edge = r * 0.955
        brush.fill(
            [(x - edge, top), (x + edge, top), (x + edge, bottom), (x - edge, bottom)],
            ((0, lit(colour, -0.05)), (0.4, lit(colour, 0.2)), (1, lit(colour, -0.15))),
        )
    for _ in range(110):
        px = x + r * brush.chance.uniform(-0.93, 0.93)
        share = brush.chance.choice(
            (brush.chance.uniform(0.17, 0.37), brush.chance.uniform(0.63, 0.83))
        )
        brush.oval(px, y + at.height * share, 3, 2, lit(crumb, brush.chance.choice((-0.3, 0.25))))


def macarons(brush: Brush) -> None:
    """A row leaning and a small tower."""
    plate(brush, 600, 660, 450, rgb("fbf7f1"))
    for i, (x, y) in enumerate(
        ((470, 590), (600, 600), (730, 590), (535, 516), (665, 516), (600, 434))
    ):
        _macaron(brush, x, y, 84, MACARONS[i])
    for i, (x, y) in enumerate(
        ((300, 650), (420, 690), (560, 706), (700, 700), (830, 680), (910, 634))
    ):
        _macaron(brush, x, y, 84, MACARONS[(i + 3) % len(MACARONS)])


def macaron_tower(brush: Brush) -> None:
    """A tower of all colours on a stand."""
    stand(brush, 600, 700, 330, 130, rgb("f3d9d4"))
    number = 0
    for level, count in enumerate((5, 4, 3, 2, 1)):
        for i in range(count):
            x = 600 + (i - (count - 1) / 2) * 118
            _macaron(brush, x, 676 - level * 92, 70, MACARONS[(number * 3) % len(MACARONS)])
            number += 1
    rose(brush, 600, 250, 34, rgb("f0b6b3"))


def macarons_in_a_row(brush: Brush) -> None:
    """A line of them on the table, near."""
    for i in range(5):
        _macaron(
            brush, 240 + i * 180, 600 + 12 * (i % 2), 116, MACARONS[(i * 2 + 1) % len(MACARONS)]
        )


def _macaron(brush: Brush, x: float, y: float, r: float, colour: Colour) -> None:
    flat, thick = 0.34, r * 0.34
    brush.shadow(x + r * 0.1, y + thick * 1.5, r * 1.02, r * flat * 0.8, opacity=0.45)
    brush.fill(
        [
            *ring(x, y + thick * 0.5, r, r * flat, 180, 360),
            *ring(x, y + thick, r * 0.9, r * flat, 0, 180),
        ],
        round_side(lit(colour, -0.06)),
    )
    _foot(brush, x, y + thick * 0.48, r, flat, colour)
    brush.oval(x, y + thick * 0.16, r * 0.93, r * flat, round_side(lit(colour, 0.62)))
    _foot(brush, x, y - thick * 0.18, r, flat, colour)
    dome = [
        *ring(x, y - thick * 0.3, r, r * 0.62, 180, 360),
        *ring(x, y - thick * 0.3, r, r * flat, 0, 180),
    ]
    brush.fill(dome, round_side(colour))
    brush.gloss(x - r * 0.36, y - r * 0.42, r * 0.26, r * 0.12, opacity=0.6)


def _foot(brush: Brush, x: float, y: float, r: float, flat: float, colour: Colour) -> None:
    """The ruffled foot of a shell."""
    for i in range(40):
        angle = math.pi * (i + 0.5) / 40
        px, py = x + r * 0.985 * math.cos(angle), y + r * flat * math.sin(angle)
        size = r * brush.chance.uniform(0.06, 0.085)
        brush.oval(
            px, py, size, size * 0.9, lit(colour, -0.26 + 0.3 * (1 - abs(math.cos(angle) + 0.3)))
        )


def cupcakes(brush: Brush) -> None:
    """Three with different frostings."""
    for x, y, r, frosting, cup, on_top in (
        (340, 560, 128, rgb("f3a9b9"), rgb("7fb3b0"), "cherry"),
        (860, 560, 128, rgb("fff1d6"), rgb("d9776b"), "rose"),
        (600, 620, 146, rgb("6b3a22"), rgb("f0c06a"), "cherry"),
    ):
        _cupcake(brush, x, y, r, frosting, cup)
        top = y - r * 1.62
        if on_top == "cherry":
            cherry(brush, x, top, r * 0.24)
        else:
            rose(brush, x, top + r * 0.12, r * 0.28, rgb("e58f95"))


def cupcake_near(brush: Brush) -> None:
    """One with a candle."""
    _cupcake(brush, 600, 590, 220, rgb("f3a9b9"), rgb("7fb3b0"))
    candle(brush, 600, 262, 120, rgb("8ec5c9"))


def cupcakes_on_a_stand(brush: Brush) -> None:
    """Half a dozen on a stand."""
    stand(brush, 600, 660, 430, 160, rgb("c9dbd6"))
    tones = (
        rgb("f3a9b9"),
        rgb("fff1d6"),
        rgb("b9d89a"),
        rgb("6b3a22"),
        rgb("c9a7d8"),
        rgb("f4d06f"),
    )
    for i, (x, y) in enumerate(
        ((400, 560), (600, 545), (800, 560), (310, 620), (500, 640), (700, 640), (890, 620))
    ):
        _cupcake(brush, x, y - 30, 84, tones[i % 6], rgb("f7efe2"))
        cherry(brush, x, y - 30 - 134, 20)


def _cupcake(brush: Brush, x: float, y: float, r: float, frosting: Colour, cup: Colour) -> None:
    paper_cup(brush, x, y, r, r * 0.95, cup)
    turns = ((1.06, 0.0), (0.86, 0.42), (0.62, 0.82), (0.36, 1.16))
    for size, level in turns:
        half, at = r * size, y - r * level
        fold = [
            (
                x + half * (1 + 0.035 * math.cos(a * 11)) * math.cos(a),
                at + half * 0.46 * (1 + 0.035 * math.cos(a * 11)) * math.sin(a),
            )
            for a in (math.radians(d) for d in range(0, 360, 3))
        ]
        brush.fill([(px, py + r * 0.09) for px, py in fold], round_side(lit(frosting, -0.22)))
        brush.fill(fold, round_side(frosting))
        brush.haze(
            ring(x - half * 0.3, at - half * 0.06, half * 0.4, half * 0.12),
            (255, 255, 255),
            opacity=0.5,
            softness=half * 0.08,
        )
    tip = [(x - r * 0.17, y - r * 1.2), (x, y - r * 1.6), (x + r * 0.17, y - r * 1.2)]
    brush.fill(tip, round_side(frosting))
    for _ in range(54):
        size, level = brush.chance.choice(turns)
        angle = math.radians(brush.chance.uniform(5, 175))
        px, py = (
            x + r * size * 0.93 * math.cos(angle),
            y - r * level + r * size * 0.42 * math.sin(angle),
        )
        brush.ball(px, py, r * 0.026, brush.chance.choice(MACARONS))
