"""Where the sweets stand: a warm wall out of focus, and a table."""

from dataclasses import dataclass

from martelo.demo.adapters.drawing.brush import WHITE, Brush, Colour, lit, mix, rgb

HORIZON = 0.56
"""Where the table ends, from the top of the picture."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The colours of a wall and of a table; `cloth` is a check's, `None` leaves bare wood."""

    wall: Colour
    table: Colour
    cloth: Colour | None = None


SCENES = (
    Scene(rgb("f3c9a5"), rgb("b9774a")),
    Scene(rgb("e9b7a8"), rgb("f4e3d0"), rgb("d9776b")),
    Scene(rgb("cfd8b4"), rgb("a8693f")),
    Scene(rgb("f2d492"), rgb("f7ead2"), rgb("e0a14a")),
    Scene(rgb("c98f79"), rgb("6b3d26")),
    Scene(rgb("b9cfd3"), rgb("f3ece2"), rgb("6f9fa8")),
)


def set_scene(brush: Brush, number: int, *, horizon: float = HORIZON) -> None:
    """Draw wall and table over the whole picture."""
    scene = SCENES[number % len(SCENES)]
    wall, table = scene.wall, scene.table
    brush.backdrop(
        ((0, lit(wall, -0.16)), (0.55, lit(wall, 0.12)), (1, lit(wall, 0.34))), bottom=horizon
    )
    brush.bokeh(15, (WHITE, lit(wall, 0.5), mix(wall, rgb("ffcf6b"), 0.6)), below=horizon * 0.92)
    brush.backdrop(
        ((0, lit(table, 0.22)), (0.3, lit(table, 0.06)), (1, lit(table, -0.22))), top=horizon
    )
    if scene.cloth is None:
        _planks(brush, table, horizon)
    else:
        _checks(brush, scene.cloth, horizon)


def _planks(brush: Brush, table: Colour, horizon: float) -> None:
    top, bottom = brush.height_at(horizon), brush.height_at(1)
    depth = bottom - top
    middle = brush.middle
    width = depth * 6
    for i in range(-9, 10):
        at = i / 9
        seam = [(middle + at * width * 0.42, top), (middle + at * width, bottom)]
        brush.line(seam, depth * 0.006, lit(table, -0.26))
        for _ in range(2):
            near = at + brush.chance.uniform(0.012, 0.10)
            grain = [
                (middle + near * width * (0.42 + 0.58 * share), top + depth * share)
                for share in sorted(brush.chance.uniform(0, 1) for _ in range(2))
            ]
            brush.line(grain, depth * 0.004, lit(table, -0.1))


def _checks(brush: Brush, cloth: Colour, horizon: float) -> None:
    top, bottom = brush.height_at(horizon), brush.height_at(1)
    depth, middle = bottom - top, brush.middle
    width = depth * 5
    for i in range(-12, 12, 2):
        near, far = (i / 12, (i + 1) / 12)
        brush.fill(
            [
                (middle + near * width * 0.42, top),
                (middle + far * width * 0.42, top),
                (middle + far * width, bottom),
                (middle + near * width, bottom),
            ],
            cloth,
            opacity=0.3,
        )
    level, height = 0.0, 0.05
    while level < 1:
        high, low = top + depth * level, top + depth * min(level + height, 1)
        left, right = middle - width, middle + width
        brush.fill([(left, high), (right, high), (right, low), (left, low)], cloth, opacity=0.3)
        level += height * 2.1
        height *= 1.35
