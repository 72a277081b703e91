from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from martelo.storefront.reference.rendered_bodies import RenderedBodies

CALLERS = 4


class Rendering:
    """Counts how often a body is rendered."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> SafeString:
        self.times += 1
        return mark_safe(f"<p>{self.times}</p>")  # noqa: S308 - a number


@pytest.fixture
def bodies() -> RenderedBodies:
    return RenderedBodies()


@pytest.fixture
def rendering() -> Rendering:
    return Rendering()


class TestGet:
    def test_renders_equal_documents_once(
        self, bodies: RenderedBodies, rendering: Rendering
    ) -> None:
        pages = [bodies.get([{"openapi": "3.1.0"}, None], rendering) for _ in range(3)]

        assert pages == ["<p>1</p>"] * 3

    def test_renders_again_what_has_changed(
        self, bodies: RenderedBodies, rendering: Rendering
    ) -> None:
        bodies.get([{"version": "1"}, None], rendering)

        assert bodies.get([{"version": "2"}, None], rendering) == "<p>2</p>"
        assert bodies.get([{"version": "2"}, {}], rendering) == "<p>3</p>"

    def test_renders_each_language(self, bodies: RenderedBodies, rendering: Rendering) -> None:
        with override("pt-br"):
            portuguese = bodies.get([], rendering)
        with override("en"):
            english = bodies.get([], rendering)

        assert portuguese != english
        with override("pt-br"):
            assert bodies.get([], rendering) == portuguese

    def test_renders_once_for_callers_at_once(
        self, bodies: RenderedBodies, rendering: Rendering
    ) -> None:
        start = Barrier(CALLERS)

        def call(_: int) -> SafeString:
            start.wait(20)
            return bodies.get([], rendering)

        with ThreadPoolExecutor(CALLERS) as callers:
            pages = list(callers.map(call, range(CALLERS)))

        assert pages == ["<p>1</p>"] * CALLERS
