"""The drill's own checks: a planted loss, gap or repeat must be found."""

from dataclasses import replace

import pytest

from chaos.drill import Drill
from chaos.viewers import Seen, order_faults

SNAPSHOT = Seen("snapshot", "a", 4, None)
COUNTS = {seq: seq - 1 for seq in range(2, 10)}


def bids(*seqs: int, epoch: str = "a") -> list[Seen]:
    return [Seen("bid", epoch, seq, seq - 1) for seq in seqs]


class TestOrderFaults:
    def test_finds_nothing_in_a_complete_stream(self) -> None:
        later = Seen("snapshot", "b", 8, None)

        assert not order_faults([SNAPSHOT, *bids(5, 6), later, *bids(9, epoch="b")], COUNTS)

    @pytest.mark.parametrize(
        "seen",
        [
            [SNAPSHOT, *bids(6)],
            [SNAPSHOT, *bids(5, 5)],
            [SNAPSHOT, *bids(5, 4)],
            [SNAPSHOT, *bids(5), *bids(6, epoch="b")],
            [SNAPSHOT, *bids(5), SNAPSHOT],
            [SNAPSHOT, Seen("bid", "a", 5, 9)],
            bids(5),
        ],
        ids=["gap", "repeat", "back", "other history", "snapshot back", "other bid", "no snapshot"],
    )
    def test_finds_a_planted_fault(self, seen: list[Seen]) -> None:
        assert len(order_faults(seen, COUNTS)) == 1


@pytest.mark.slow
def test_the_comparison_finds_a_planted_loss(drill: Drill) -> None:
    with drill.load(auctions=1) as load:
        pass
    assert not drill.compare(load.lots).faults

    [first, *_] = load.journal.read()
    load.journal.note(replace(first, key="never-placed"))
    load.journal.note(replace(first, seq=first.seq + 1))

    assert drill.compare(load.lots).lost == 2
    drill.lots.remove(load.lots)
