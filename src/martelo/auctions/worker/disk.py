"""The room left on the disks of the data folders: a store without room refuses every bid."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from martelo.auctions.worker.metrics import WorkerMetrics

LOOK_EVERY_S = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Disk:
    """Measures what is left for each folder; one that cannot be read is not measured."""

    folders: Sequence[Path]
    metrics: WorkerMetrics

    def look(self) -> float:
        """Measure once; return the pause in seconds until the next time."""
        for folder in self.folders:
            try:
                room = os.statvfs(folder)
            except OSError as error:
                log.warning("disk-not-measured", folder=str(folder), error=str(error))
                continue
            self.metrics.disk_free.labels(str(folder)).set(room.f_bavail * room.f_frsize)
            self.metrics.disk_free_ratio.labels(str(folder)).set(
                _share(room.f_bavail, room.f_blocks)
            )
            self.metrics.inodes_free_ratio.labels(str(folder)).set(
                _share(room.f_favail, room.f_files)
            )
        return LOOK_EVERY_S


def _share(left: int, total: int) -> float:
    """Return the share that is left; some file systems do not bound their inodes."""
    return left / total if total else 1.0
