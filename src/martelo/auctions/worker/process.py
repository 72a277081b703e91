"""The worker process: its loops, its side port, and an orderly end."""

import signal
import threading
from dataclasses import dataclass
from types import FrameType

import structlog

from martelo.auctions.worker.ends import Ends
from martelo.auctions.worker.keeper import Keeper
from martelo.auctions.worker.purger import Purger
from martelo.runtime.loops import Loop, Loops
from martelo.runtime.side_port import side_port

CLOSING_BACKOFF_S = 0.5
"""An auction's end is to be told within two seconds, also right after the store came back."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SidePort:
    """Where health and metrics are served; port 0 is a free one."""

    host: str
    port: int


def run_worker(ends: Ends, keeper: Keeper, purger: Purger, side: SidePort) -> None:
    """Run every loop until SIGTERM or SIGINT; the calls at hand are finished."""
    stopping = threading.Event()

    def stop(signum: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(signum).name)
        stopping.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    loops = Loops(
        [
            Loop("ends", ends.step, backoff_s=CLOSING_BACKOFF_S),
            Loop("overdue", ends.look),
            Loop("archive", keeper.step),
            Loop("hints", keeper.listen),
            Loop("purge", purger.step),
        ]
    )
    with side_port(side.host, side.port, stuck=loops.stuck, not_ready=loops.not_ready) as port:
        log.info("started", side_port=port)
        loops.run(stopping)
    keeper.release()
    log.info("stopped")
