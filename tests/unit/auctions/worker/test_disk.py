"""What is left on the disks of the data folders is measured, each folder by itself."""

import shutil
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from martelo.auctions.worker.disk import Disk
from martelo.auctions.worker.metrics import WorkerMetrics


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def measured(registry: CollectorRegistry, name: str, folder: Path) -> float | None:
    return registry.get_sample_value(f"martelo_disk_{name}", {"folder": str(folder)})


def test_measures_bytes_and_inodes(registry: CollectorRegistry, tmp_path: Path) -> None:
    Disk([tmp_path], WorkerMetrics(registry)).look()

    room = shutil.disk_usage(tmp_path)
    assert measured(registry, "free_bytes", tmp_path) == pytest.approx(room.free, rel=0.1)
    share = measured(registry, "free_ratio", tmp_path)
    assert share == pytest.approx(room.free / room.total, rel=0.1)
    inodes = measured(registry, "free_inodes_ratio", tmp_path)
    assert inodes is not None
    assert 0 < inodes <= 1


def test_measures_the_others_if_a_folder_is_missing(
    registry: CollectorRegistry, tmp_path: Path
) -> None:
    missing = tmp_path / "missing"

    Disk([missing, tmp_path], WorkerMetrics(registry)).look()

    assert measured(registry, "free_bytes", missing) is None
    assert measured(registry, "free_bytes", tmp_path) is not None


def test_calls_unbounded_inodes_free(registry: CollectorRegistry) -> None:
    processes = Path("/proc")

    Disk([processes], WorkerMetrics(registry)).look()

    assert measured(registry, "free_inodes_ratio", processes) == 1
