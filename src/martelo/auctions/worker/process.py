"""The worker process: its loops."""

from martelo.auctions.worker.disk import Disk
from martelo.auctions.worker.ends import Ends
from martelo.auctions.worker.purger import Purger
from martelo.auctions.worker.record_archiver import RecordArchiver
from martelo.auctions.worker.trimmer import Trimmer
from martelo.auctions.worker.writes import WriteProbe
from martelo.runtime.worker.loops import Loop, Loops
from martelo.runtime.worker.process import SidePort, run_loops

CLOSING_BACKOFF_S = 0.5
"""An auction's end is to be published within two seconds, also right after the store came back."""


def run_worker(  # noqa: PLR0913, PLR0917 - its loops
    ends: Ends,
    writes: WriteProbe,
    disk: Disk,
    keeper: RecordArchiver,
    purger: Purger,
    trimmer: Trimmer,
    side: SidePort,
) -> None:
    """Run every loop until SIGTERM or SIGINT; the calls at hand are finished."""
    loops = Loops(
        [
            Loop("ends", ends.step, backoff_s=CLOSING_BACKOFF_S),
            Loop("overdue", ends.look),
            Loop("store-writes", writes.step),
            Loop("store-state", writes.look),
            Loop("disk", disk.look),
            Loop("archive", keeper.step),
            Loop("hints", keeper.listen),
            Loop("purge", purger.step),
            Loop("trim", trimmer.step),
        ]
    )
    run_loops(loops, side)
    keeper.release()
