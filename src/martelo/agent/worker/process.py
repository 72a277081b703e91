"""The worker process: loops in threads that read ends, and the delivery in asyncio."""

import asyncio
import signal
import threading
from collections.abc import Sequence
from contextlib import ExitStack

import structlog

from martelo.agent.worker.delivering import Deliverer
from martelo.runtime.worker.loops import Loop, Loops, counted
from martelo.runtime.worker.process import SidePort
from martelo.runtime.worker.side_port import side_port

DELIVER = "deliver"

log = structlog.get_logger(__name__)


async def run_worker(loops: Sequence[Loop], deliverer: Deliverer, side: SidePort) -> None:
    """Run until SIGTERM or SIGINT; then begin nothing more, and finish the sends in progress."""
    reading = Loops(loops)

    def stuck() -> list[str]:
        return [*reading.stuck(), *([DELIVER] if deliverer.is_stuck() else [])]

    def not_ready() -> list[str]:
        return [*reading.not_ready(), *([] if deliverer.is_ready() else [DELIVER])]

    stopping, stopped = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    with ExitStack() as stack:
        stack.enter_context(counted(reading, side.registry))
        port = stack.enter_context(
            side_port(side.host, side.port, side.registry, stuck=stuck, not_ready=not_ready)
        )
        log.info("started", side_port=port)
        threads = threading.Thread(target=reading.run, args=(stopped,), name="reading")
        threads.start()
        stack.callback(threads.join)
        stack.callback(stopped.set)
        await deliverer.run(stopping)
    log.info("stopped")
