"""Serving a WSGI app: granian, with blocking threads and workers that are started again."""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from granian.constants import Interfaces
from granian.server.mp import MPServer

from martelo.runtime.http import metrics
from martelo.runtime.http.health_port import Progress, open_health_port
from martelo.runtime.http.unread_bodies import read_bodies
from martelo.runtime.process.settings import ServerSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BLOCKING_THREADS = 4
THREAD_IDLE_S = 600
"""A thread holds connections, which should not be opened again after each pause."""

BACKLOG = 2_048
DRAIN_S = 20
RESPAWNS = 5
RESPAWNS_WITHIN_S = 30.0
"""When workers were replaced so often within so long, the fault is their own."""

_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    # Its lines go where all others go, in the same shape.
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


class GranianServer(MPServer):
    """granian, which would give up as soon as the same worker dies twice within 5.5 seconds.

    Two kills in a row are not a crash loop, and its end would end the other workers, too. Where
    workers keep dying it does give up, so that the launcher can wait between starts.
    """

    def startup(
        self, spawn_target: Callable[..., None], target_loader: Callable[..., object]
    ) -> None:
        """Start the workers, none of which has been replaced yet."""
        self._respawns: deque[float] = deque(maxlen=RESPAWNS)
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]

    def _respawn_workers(
        self,
        workers: Sequence[int],
        spawn_target: Callable[..., None],
        target_loader: Callable[..., object],
        delay: float = 0,
    ) -> None:
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        now = time.monotonic()
        self._respawns.append(now)
        if len(self._respawns) < RESPAWNS or now - self._respawns[0] > RESPAWNS_WITHIN_S:
            # What it compares the next death with.
            self.respawned_wrks.clear()
        if self.interrupt_signal:
            # It came while a death was handled, after which granian forgets that there is work.
            self.main_loop_interrupt.set()


def serve(
    target: str,
    settings: ServerSettings,
    *,
    static: Mapping[str, Path] | None = None,
    threads: int = BLOCKING_THREADS,
) -> None:
    """Serve the app of the factory at `target` (`module:function`) until SIGTERM or SIGINT.

    Each worker calls the factory for itself, since connections are not shared over a fork.
    `static` maps paths to the folders served there; `threads` answer requests, in each worker.
    """
    metrics.forget_counts(settings.prometheus_multiproc_dir)
    # A worker has its parent's handlers until it serves, with which it would not end on SIGTERM.
    os.register_at_fork(after_in_child=_end_on_sigterm)
    GranianServer(
        target,
        factory=True,
        interface=Interfaces.WSGI,
        websockets=False,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=THREAD_IDLE_S,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_S,
        static_path_route=list(static) if static else None,
        static_path_mount=list(static.values()) if static else None,
        log_dictconfig=_LOGS,
    ).serve(
        target_loader=partial(load_worker, target, settings.host, settings.side_port, threads),
        wrap_loader=False,
    )


def load_worker(target: str, host: str, side_port: int | None, threads: int) -> "WSGIApplication":
    """Return the app of one worker; with a side port, serve its health there."""
    module, _, function = target.partition(":")
    app: WSGIApplication = read_bodies(getattr(import_module(module), function)())
    if side_port is None:
        return app
    progress = Progress(threads)
    open_health_port(host, side_port, app, progress)
    return progress.follow(app)


def _end_on_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
