"""Interleaved rounds: A B A B in one run, after a discarded warm-up of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

MIN_ROUNDS = 5


@dataclass(frozen=True)
class Scale:
    """The number of rounds, each about `round_s` long.

    A round in which the servers under test use less than `floor_cpu_s` does not count.
    """

    name: str
    rounds: int
    round_s: float
    floor_cpu_s: float

    @property
    def is_full(self) -> bool:
        """Whether its results may be written to the documentation."""
        return self.name == FULL.name


FULL = Scale("full", rounds=6, round_s=2.0, floor_cpu_s=0.5)
QUICK = Scale("quick", rounds=MIN_ROUNDS, round_s=0.8, floor_cpu_s=0.1)


@dataclass(frozen=True)
class Round:
    """The measures of one round of one subject; with a `fault` it does not count.

    `cpu_s` is that of the servers under test and their children; `others` are further measures by
    name (CPU of the store and of the load generator, a percentile).
    """

    operations: int
    wall_s: float
    cpu_s: float
    others: Mapping[str, float] = field(default_factory=dict)
    fault: str | None = None

    @property
    def cpu_us(self) -> float:
        """CPU microseconds per operation."""
        return self.cpu_s / max(1, self.operations) * 1e6

    @property
    def per_s(self) -> float:
        """Operations per second of elapsed time."""
        return self.operations / self.wall_s

    def other_us(self, name: str) -> float:
        """Return another CPU time in microseconds per operation."""
        return self.others[name] / max(1, self.operations) * 1e6


Subject = Callable[[], Round]


def interleave(
    subjects: Mapping[str, Subject], scale: Scale, *, floor_cpu_s: float | None = None
) -> dict[str, list[Round]]:
    """Run every subject once as a warm-up, then all in turn, `scale.rounds` times.

    `floor_cpu_s` replaces the scale's for subjects that cannot be loaded more. CPU times are exact,
    so the floor only excludes rounds that are small compared with noise.
    """
    floor = scale.floor_cpu_s if floor_cpu_s is None else floor_cpu_s
    for subject in subjects.values():
        subject()
    found: dict[str, list[Round]] = {name: [] for name in subjects}
    for _ in range(scale.rounds):
        for name, subject in subjects.items():
            found[name].append(judged(subject(), floor))
    return found


def judged(found: Round, floor_cpu_s: float) -> Round:
    """Return the round, with a fault if it used too little CPU."""
    if found.fault is None and found.cpu_s < floor_cpu_s:
        return replace(found, fault=f"used only {found.cpu_s:.2f} s of CPU")
    return found


def faults_of(rounds: Sequence[Round]) -> list[str]:
    """Return why rounds do not count."""
    return [each.fault for each in rounds if each.fault is not None]
