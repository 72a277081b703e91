"""Every metric belongs to a registry that was passed, never to the library's default one."""

import ast
from pathlib import Path

from martelo.runtime.process.metrics import open_registry

SOURCES = Path(__file__).parents[4] / "src" / "martelo"
METRICS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}


def metrics_without_registry(source: str) -> list[int]:
    """Return the lines of `source` that make a metric in the default registry."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "prometheus_client"
        for alias in node.names
        if alias.name in METRICS
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in imported
        and not any(keyword.arg == "registry" for keyword in node.keywords)
    ]


def test_no_module_uses_the_default_registry() -> None:
    found = {
        f"{path.relative_to(SOURCES)}:{line}"
        for path in SOURCES.rglob("*.py")
        for line in metrics_without_registry(path.read_text("utf-8"))
    }

    assert found == set()


def test_a_metric_without_a_registry_is_found() -> None:
    source = 'from prometheus_client import Counter\n\nSOLD = Counter("sold_total", "Sold.")\n'

    assert metrics_without_registry(source) == [3]


def test_two_registries_live_in_one_process() -> None:
    first, second = open_registry(), open_registry()

    assert first is not second
    assert first.get_sample_value("process_start_time_seconds") is not None
