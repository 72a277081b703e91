"""The circumstances of a run: machine, versions, load before and after."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks.harness.rounds import Scale

PACKAGES = ("flask", "granian", "hiredis", "python-socketio", "redis", "uvloop", "werkzeug")


class Facts:
    """Reads the load when created, and again in `as_json`."""

    def __init__(self, scale: Scale, settings: Mapping[str, object]) -> None:
        self._scale = scale
        self._settings = dict(settings)
        self._started_at = datetime.now(UTC)
        self._load_before = _load()

    def as_json(self, **found: object) -> dict[str, object]:
        """Return the facts, with those that only a run could find."""
        ended_at = datetime.now(UTC)
        return {
            "scale": self._scale.name,
            "rounds": self._scale.rounds,
            "round_s": self._scale.round_s,
            "started_at": self._started_at.isoformat(timespec="seconds"),
            "took_s": round((ended_at - self._started_at).total_seconds(), 1),
            "cores": os.cpu_count(),
            "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
            "load_before": self._load_before,
            "load_after": _load(),
            "versions": {
                "python": platform.python_version(),
                **{name: version(name) for name in PACKAGES},
            },
            "settings": self._settings,
            **found,
        }


def _load() -> list[float]:
    return [round(value, 2) for value in os.getloadavg()]
