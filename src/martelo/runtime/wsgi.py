"""Serving a WSGI app: granian, with blocking threads and workers that are started again."""

from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from martelo.runtime.settings import ProcessSettings

BLOCKING_THREADS = 4
THREAD_IDLE_S = 600
"""A thread holds connections, which should not be made anew after each pause."""

BACKLOG = 2_048
DRAIN_S = 20

_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    # Its lines go where all others go, in the same shape.
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


def serve(
    target: str,
    settings: ProcessSettings,
    *,
    static: Path | None = None,
    threads: int = BLOCKING_THREADS,
) -> None:
    """Serve the app that the factory at `target` (`module:function`) makes, until told to stop.

    Each worker calls the factory for itself, since connections are not shared over a fork.
    `static` is a folder served under `/static`; `threads` answer requests, in each worker.
    """
    Granian(
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
        static_path_route=["/static"] if static else None,
        static_path_mount=[static] if static else None,
        log_dictconfig=_LOGS,
    ).serve()
