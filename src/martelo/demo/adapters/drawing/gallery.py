"""Which pictures there are of what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from martelo.demo.adapters.drawing import cakes, sweets
from martelo.demo.adapters.drawing.brush import Brush
from martelo.demo.adapters.drawing.scenes import HORIZON, set_scene


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn, where, and how near one stands."""

    draw: Callable[[Brush], None]
    scene: int
    zoom: float = 1
    x: float = 600
    y: float = 450
    horizon: float = HORIZON


GALLERY: Mapping[str, tuple[View, ...]] = {
    "bolo-de-casamento": (
        View(cakes.wedding_cake, 0, zoom=1.12, y=500),
        View(cakes.wedding_slice, 1, zoom=1.25, y=560),
        View(cakes.wedding_cake, 4, zoom=1.9, x=560, y=470),
    ),
    "torta-de-limao": (
        View(cakes.lime_pie, 5, zoom=1.2, y=560),
        View(cakes.lime_slice_of_pie, 2, zoom=1.3, y=570),
    ),
    "brigadeiros": (
        View(sweets.brigadeiros_in_a_box, 0, y=480, horizon=0.16),
        View(sweets.brigadeiros_on_a_plate, 3, zoom=1.25, y=560),
    ),
    "bolo-de-rolo": (
        View(cakes.roll_of_guava, 2, zoom=1.12, x=620, y=560),
        View(cakes.rounds_of_guava, 1, zoom=1.2, y=590),
    ),
    "quindim": (
        View(sweets.quindim, 1, zoom=1.2, y=560),
        View(sweets.quindins, 2, zoom=1.2, y=580),
    ),
    "bem-casados": (
        View(sweets.bem_casados, 5, zoom=1.15, y=560),
        View(sweets.bem_casado, 0, zoom=1.15, x=610, y=580),
    ),
    "pao-de-mel": (
        View(sweets.honey_cakes, 3, zoom=1.25, y=590),
        View(sweets.honey_cakes_stacked, 4, zoom=1.15, y=580),
    ),
    "pave": (
        View(cakes.pave, 2, zoom=1.25, y=520),
        View(cakes.pave_glass, 3, zoom=1.35, y=490),
    ),
    "bolo-vulcao": (
        View(cakes.volcano, 4, zoom=1.18, y=580),
        View(cakes.volcano_slice, 0, zoom=1.3, y=560),
    ),
    "macarons": (
        View(sweets.macarons, 0, zoom=1.2, y=580),
        View(sweets.macaron_tower, 5, zoom=1.15, y=540),
        View(sweets.macarons_in_a_row, 3, zoom=1.12, y=570),
    ),
    "cupcakes": (
        View(sweets.cupcakes, 5, zoom=1.22, y=540),
        View(sweets.cupcake_near, 1, zoom=1.04, y=468),
        View(sweets.cupcakes_on_a_stand, 2, zoom=1.2, y=570),
    ),
    "rocambole": (View(cakes.roll_of_chocolate, 1, zoom=1.12, x=620, y=545),),
}
"""By the name of the lot."""


def draw_picture(name: str, number: int) -> bytes:
    """Return a picture as JPEG; the same one each time."""
    view = GALLERY[name][number]
    brush = Brush(f"{name} {number}", zoom=view.zoom, x=view.x, y=view.y)
    set_scene(brush, view.scene, horizon=view.horizon)
    view.draw(brush)
    brush.vignette()
    return brush.finish()
