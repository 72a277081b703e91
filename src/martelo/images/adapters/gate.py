"""A gate that lets a few through at once and a few more wait for a moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from martelo.images.ports import Busy


class Gate:
    """`running` may be inside at once, `waiting` more wait for at most `patience_s`."""

    def __init__(self, *, running: int, waiting: int, patience_s: float) -> None:
        self._running = threading.BoundedSemaphore(running)
        self._present = threading.BoundedSemaphore(running + waiting)
        self._patience_s = patience_s

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place inside.

        Raises:
            Busy: None was free in time, or too many wait already.
        """
        if not self._present.acquire(blocking=False):
            raise Busy
        try:
            if not self._running.acquire(timeout=self._patience_s):
                raise Busy
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._present.release()
