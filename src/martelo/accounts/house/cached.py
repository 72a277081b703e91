"""The house's settings as pages and tokens use them, read again every few seconds."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from django.db import InterfaceError, OperationalError

if TYPE_CHECKING:
    from martelo.accounts.models import HouseSettings

MAX_AGE_S = 5.0

log = structlog.get_logger(__name__)


class CachedHouse:
    """The settings of `MAX_AGE_S` ago at the most; while `read` fails the last known.

    `default` returns those of a house that nobody changed; `clock` returns seconds and never goes
    back.
    """

    def __init__(
        self,
        read: "Callable[[], HouseSettings]",
        default: "Callable[[], HouseSettings]",
        clock: Callable[[], float],
    ) -> None:
        self._read = read
        self._default = default
        self._clock = clock
        self._lock = threading.Lock()
        self._house: HouseSettings | None = None
        self._read_at: float | None = None

    def __call__(self) -> "HouseSettings":
        """Return the settings."""
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at >= MAX_AGE_S:
                # Set first, so that a database that does not answer is not asked at every call.
                self._read_at = now
                try:
                    self._house = self._read()
                except (OperationalError, InterfaceError) as error:
                    log.warning("house-settings-unavailable", reason=type(error).__name__)
            return self._house or self._default()
