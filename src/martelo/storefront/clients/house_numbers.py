"""The numbers of the live store that administrators see, read from the processes' metrics."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from http import HTTPStatus

from prometheus_client.parser import text_string_to_metric_families

from martelo.runtime.http.client import Http, HttpFailed

PATIENCE_S = 0.8
UNKNOWN = {
    "martelo_http_problems_total": ("slug", "outcome-unknown"),
    "martelo_live_bids_total": ("outcome", "outcome-unknown"),
}
"""Where unknown outcomes are counted, and by which label."""

Samples = Mapping[str, Sequence[tuple[Mapping[str, str], float]]]


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """What is left on the disk of a folder."""

    folder: str
    free_bytes: int
    free_ratio: float
    free_inodes_ratio: float


@dataclass(frozen=True, slots=True)
class StoreMemory:
    """The memory of the fullest server of the store; `max_bytes` is 0 where it has no bound."""

    used_bytes: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """The state of the store; what no process reports is `None`.

    `unknown_outcomes` counts from the start of each process that answers.
    """

    memory: StoreMemory | None
    replicas: int | None
    is_log_written: bool | None
    is_writable: bool | None
    unknown_outcomes: int | None
    disks: Sequence[DiskRoom]


class HouseNumbers:
    """Reads `/metrics` of processes, all at once, and not for long."""

    def __init__(self, urls: Sequence[str], http: Http, executor: Executor) -> None:
        self._urls = urls
        self._http = http
        self._executor = executor

    def read(self) -> Numbers:
        """Return the numbers of the processes that answer in time."""
        reading = [self._executor.submit(self._read_one, url) for url in self._urls]
        wait(reading, timeout=PATIENCE_S)
        texts = [each.result() for each in reading if not each.cancel() and each.done()]
        return _numbers(_samples(texts), has_answers=any(texts))

    def _read_one(self, url: str) -> str:
        try:
            answer = self._http.send("GET", f"{url.rstrip('/')}/metrics")
        except HttpFailed:
            return ""
        return answer.body.decode() if answer.status == HTTPStatus.OK else ""


def _samples(texts: Sequence[str]) -> Samples:
    found: dict[str, list[tuple[Mapping[str, str], float]]] = defaultdict(list)
    for text in texts:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found[sample.name].append((sample.labels, sample.value))
    return found


def _numbers(samples: Samples, *, has_answers: bool) -> Numbers:
    replicas = _lowest(samples, "martelo_store_replicas")
    log, writable = (
        _lowest(samples, f"martelo_store_{name}") for name in ("log_written", "writable")
    )
    return Numbers(
        memory=_memory(samples),
        replicas=None if replicas is None else int(replicas),
        is_log_written=None if log is None else bool(log),
        is_writable=None if writable is None else bool(writable),
        unknown_outcomes=_unknown_outcomes(samples) if has_answers else None,
        disks=_disks(samples),
    )


def _memory(samples: Samples) -> StoreMemory | None:
    used, bound = (
        _highest(samples, f"martelo_store_memory_{name}_bytes") for name in ("used", "max")
    )
    return None if used is None or bound is None else StoreMemory(int(used), int(bound))


def _lowest(samples: Samples, name: str) -> float | None:
    return min((value for _, value in samples.get(name, ())), default=None)


def _highest(samples: Samples, name: str) -> float | None:
    return max((value for _, value in samples.get(name, ())), default=None)


def _unknown_outcomes(samples: Samples) -> int:
    return int(
        sum(
            value
            for name, (label, wanted) in UNKNOWN.items()
            for labels, value in samples.get(name, ())
            if labels.get(label) == wanted
        )
    )


def _disks(samples: Samples) -> list[DiskRoom]:
    free, shares, inodes = (
        {labels["folder"]: value for labels, value in samples.get(f"martelo_disk_{name}", ())}
        for name in ("free_bytes", "free_ratio", "free_inodes_ratio")
    )
    return [
        DiskRoom(folder, int(free[folder]), shares[folder], inodes[folder])
        for folder in sorted(free.keys() & shares.keys() & inodes.keys())
    ]
