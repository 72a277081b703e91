"""Whose turn it is: the order in which a worker takes up the partitions that have work."""

from collections import Counter, deque
from collections.abc import Iterable

TURNS_IN_A_ROW = 8


class Turns:
    """A queue of partitions with work.

    A partition stays at hand for some turns, so that workers who have parted stay apart; then it
    goes to the end of the queue, or one with a long backlog would keep all others waiting.
    """

    def __init__(self, partitions: Iterable[int]) -> None:
        self._waiting = deque(partitions)
        self._taken: Counter[int] = Counter()

    def take(self, count: int) -> list[int]:
        """Return the next partitions, at most `count`; none where all work is done."""
        return [self._waiting.popleft() for _ in range(min(count, len(self._waiting)))]

    def keep(self, partition: int) -> None:
        """Say that a partition has more work."""
        self._taken[partition] += 1
        if self._taken[partition] % TURNS_IN_A_ROW == 0:
            self._waiting.append(partition)
        else:
            self._waiting.appendleft(partition)
