"""The cost of a bid's event per viewer: the live process, `os.write`, a naive app.

In the names: `stream` is an event stream and `socket` a WebSocket of the live process, `write`
the `os.write` loop, `naive` Socket.IO of `baseline_app.py`; `window` and `none` are streams with
bids merged for 20 ms and not merged. `1000 x 20/s` are viewers and bids a second.
"""

import resource
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.fan_out_subjects import (
    EVENT_BYTES,
    Audience,
    Fanning,
    kilobytes_per_viewer,
    socket_of,
    stream_of,
)
from benchmarks.harness.facts import Facts
from benchmarks.harness.processes import Running, running
from benchmarks.harness.results import (
    Bound,
    Ratio,
    Report,
    Series,
    at_most,
    figure,
    ratio,
    series_of,
)
from benchmarks.harness.rounds import Round, Scale, interleave
from benchmarks.harness.store import SERVER_OPTIONS, running_store, store_version
from fakes.neighbours import Neighbours

MANY = Audience(1_000, 20, floor_cpu_s=0.1)
FEW = Audience(250, 4, floor_cpu_s=0.008)
FAST = Audience(200, 200, floor_cpu_s=0.06)
CROWD = Audience(5_000, 4, floor_cpu_s=0.1)
SMALL_CROWD = Audience(1_000, 4, floor_cpu_s=0.025)

Watching = Callable[[Audience], Round]


@dataclass(frozen=True)
class Comparison:
    """Interleaved rounds of several subjects, with audiences of one size."""

    audience: Audience
    rounds: Mapping[str, Sequence[Round]]

    def ratio(self, name: str, reference: str, bound: Bound) -> Ratio:
        """Return one subject's CPU per delivery divided by another's."""
        title = f"{name} / {reference}, CPU of a delivery, {self.audience}"
        return ratio(title, self._cpu(name), self._cpu(reference), bound)

    def other(self, name: str, measure: str, unit: str) -> Series:
        """Return another measure of a subject's rounds."""
        title = f"{name}, {self.audience}, {measure.removesuffix('_ms')}"
        return series_of(title, unit, self.rounds[name], lambda each: each.others[measure])

    def astray(self) -> list[str]:
        """Return the faults of rounds in which viewers missed the last event."""
        return [
            f"{name}, {self.audience}: {each.fault}"
            for name, rounds in self.rounds.items()
            for each in rounds
            if each.others["astray"]
        ]

    def _cpu(self, name: str) -> Series:
        return series_of(
            f"{name}, {self.audience}", "us", self.rounds[name], lambda each: each.cpu_us
        )


def run(scale: Scale) -> Report:
    """Run the benchmark."""
    crowd = CROWD if scale.is_full else SMALL_CROWD
    raise_file_limit(crowd.viewers + 1_000)
    settings = {"appendfsync": "always", "options": SERVER_OPTIONS, "event_bytes": EVENT_BYTES}
    facts = Facts(scale, settings)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        store = stack.enter_context(running_store(Path(name)))
        neighbours = stack.enter_context(Neighbours().answering())
        common = {
            "VALKEY_URL": store.server.url,
            "AUCTIONS_URL": neighbours.url,
            "ACCOUNTS_URL": neighbours.url,
            "LIVE_DRAIN_S": "0",
            "MESSAGE_BYTES": str(EVENT_BYTES),
        }

        def started(module: str, *words: str, **changed: str) -> Running:
            settings = {**common, **changed}
            return stack.enter_context(
                running(module, *words, folder=Path(name), settings=settings)
            )

        live = started("martelo.auctions.main", "live")
        unmerged = started("martelo.auctions.main", "live", LIVE_WINDOW_MS="0")
        bare = started("benchmarks.os_write_loop")
        naive = started("benchmarks.baseline_app")
        fanning = Fanning(store, scale.round_s)
        memory = [
            Series(
                f"{name}, {crowd.viewers}, process memory per viewer",
                "KB",
                (
                    kilobytes_per_viewer(
                        opening, store, started("martelo.auctions.main", "live"), crowd
                    ),
                ),
            )
            for name, opening in (("stream", stream_of), ("socket", socket_of))
        ]

        def compared(audience: Audience, **subjects: Watching) -> Comparison:
            named = {name: partial(each, audience) for name, each in subjects.items()}
            return Comparison(
                audience, interleave(named, scale, floor_cpu_s=audience.floor_cpu_s * scale.round_s)
            )

        stream, written = partial(fanning.stream, live), partial(fanning.bare, bare)
        many = compared(MANY, stream=stream, socket=partial(fanning.socket, live), write=written)
        few = compared(FEW, stream=stream, naive=partial(fanning.naive, naive))
        fast = compared(FAST, window=stream, none=partial(fanning.stream, unmerged))
        large = compared(crowd, stream=stream, write=written)
        version = store_version(store)
    return _report(many, few, fast, large, memory, facts.as_json(store=version))


def _report(  # noqa: PLR0913, PLR0917 - one argument a comparison
    many: Comparison,
    few: Comparison,
    fast: Comparison,
    crowd: Comparison,
    memory: Sequence[Series],
    facts: Mapping[str, object],
) -> Report:
    floor = at_most(2.5, 1.25)
    p99 = crowd.other("stream", "p99_ms", "ms")
    return Report(
        "fan_out",
        (
            many.ratio("stream", "write", floor),
            many.ratio("socket", "write", floor),
            crowd.ratio("stream", "write", floor),
            few.ratio("stream", "naive", at_most(1 / 8, 1 / 15)),
            fast.ratio("window", "none", at_most(0.6, 0.45)),
            figure(p99.name, p99, at_most(250)),
            *(figure(each.name, each, at_most(30, 5), rounds=1) for each in memory),
        ),
        shown=(
            many.other("stream", "p50_ms", "ms"),
            many.other("stream", "p99_ms", "ms"),
            many.other("socket", "p99_ms", "ms"),
            many.other("write", "p99_ms", "ms"),
            crowd.other("write", "p99_ms", "ms"),
            few.other("naive", "p99_ms", "ms"),
            fast.other("window", "p99_ms", "ms"),
            fast.other("none", "p99_ms", "ms"),
            many.other("stream", "bytes", "B"),
            many.other("socket", "bytes", "B"),
            many.other("stream", "loader_us", "us"),
        ),
        facts=facts,
        wrong=tuple(each for found in (many, few, fast, crowd) for each in found.astray()),
    )


def raise_file_limit(wanted: int) -> None:
    """Raise this process's limit of open files to `wanted`.

    Raises:
        RuntimeError: The system does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted:
        raise RuntimeError(f"{wanted} open files are needed, and the system allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
