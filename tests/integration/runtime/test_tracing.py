import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.collector import Collector, collecting
from engines.ports import free_port
from martelo.runtime.process.tracing import QUEUE, UNTRACED, open_tracer

SECRET = "Bruno Lima <bruno@example.com>"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as started:
        yield started


class TestOpenTracer:
    def test_imports_nothing_without_a_collector(self) -> None:
        asking = (
            "import sys; from martelo.runtime.process.tracing import open_tracer;"
            "open_tracer(None, 'test').span('x');"
            "print([name for name in sys.modules if name.startswith(('opentel', 'requests'))])"
        )

        said = subprocess.run(
            [sys.executable, "-c", asking],
            env={"PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )

        assert said.stdout.strip() == "[]"
        assert open_tracer(None, "test") is UNTRACED

    def test_says_what_is_missing(self, tmp_path: Path) -> None:
        hidden = tmp_path / "opentelemetry"
        hidden.mkdir()
        (hidden / "__init__.py").write_text("")
        asking = (
            "from martelo.runtime.process.tracing import NotInstalled, open_tracer\n"
            "try: open_tracer('http://127.0.0.1:9', 'test')\n"
            "except NotInstalled as error: print(error)"
        )

        said = subprocess.run(
            [sys.executable, "-c", asking],
            env={"PYTHONPATH": ":".join([str(tmp_path), *sys.path])},
            capture_output=True,
            text=True,
            check=True,
        )

        assert "requirements-traces.lock" in said.stdout


class TestTracer:
    def test_tells_a_span_inside_another_as_its_child(self, collector: Collector) -> None:
        tracer = open_tracer(f"{collector.url}/", "test")

        with tracer.span("effect", {"effect.id": 7}) as outer:
            with tracer.span("send"):
                pass
            outer.set_attribute("effect.state", "done")
        tracer.close()

        spans = {span.name: span for span in collector.spans()}
        assert spans["effect"].attributes == {"effect.id": 7, "effect.state": "done"}
        assert spans["effect"].parent_id == b""
        assert spans["send"].parent_id == spans["effect"].id
        assert b"martelo-test" in collector.bodies[0]

    def test_tells_the_class_of_an_error_and_not_its_words(self, collector: Collector) -> None:
        tracer = open_tracer(collector.url, "test")

        with pytest.raises(ValueError, match="Bruno"), tracer.span("send"):
            raise ValueError(SECRET)
        tracer.close()

        (span,) = collector.spans()
        assert (span.attributes, span.events) == ({"error.type": "ValueError"}, 0)
        assert all(b"Bruno" not in body for body in collector.bodies)

    def test_drops_what_nobody_takes(self) -> None:
        tracer = open_tracer(f"http://127.0.0.1:{free_port()}", "test")

        for _ in range(2 * QUEUE):
            with tracer.span("effect"):
                pass

        tracer.close()
