"""A worker process: its loops, its side port, and an orderly end."""

import signal
import threading
from dataclasses import dataclass
from types import FrameType

import structlog
from prometheus_client import CollectorRegistry

from martelo.runtime.worker.loops import Loops, counted
from martelo.runtime.worker.side_port import side_port

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SidePort:
    """Where health and the metrics of `registry` are served; port 0 is a free one."""

    host: str
    port: int
    registry: CollectorRegistry


def run_loops(loops: Loops, side: SidePort) -> None:
    """Run every loop until SIGTERM or SIGINT; the steps at hand are finished."""
    stopping = threading.Event()

    def stop(signum: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(signum).name)
        stopping.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    with (
        counted(loops, side.registry),
        side_port(
            side.host,
            side.port,
            side.registry,
            stuck=loops.stuck,
            not_ready=loops.not_ready,
        ) as port,
    ):
        log.info("started", side_port=port)
        loops.run(stopping)
    log.info("stopped")
