"""Precedence: closing goes first, and the record's keeper gives way to it.

They are threads of one process, of which Python runs one at a time. Copying ten thousand ends
into the record while they are still being made would hold up the rest of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MAX_WAIT_S = 1.0
"""A backlog of ends may last; the record goes on meanwhile, slowly."""


class Precedence:
    """One who goes first, and others who give way."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Go first for as long as this lasts."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def give_way(self) -> None:
        """Wait for whoever goes first, but not for ever."""
        self._free.wait(MAX_WAIT_S)
