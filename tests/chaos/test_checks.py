"""The drill's own checks: a planted loss, gap or repeat must be found."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.drill import Drill
from chaos.table import BEGIN, END, Row, Table, render_markdown, replace_table
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


class TestRenderMarkdown:
    def test_has_a_row_for_each_fault_and_their_sum(self) -> None:
        table = Table()
        table.add(Row("kill valkey", count=2, bids_silent_s=0.456, acknowledged=1_234))
        table.add(Row("disk full", acknowledged=6, lost=1))
        table.add_not_proved("clock", "no library")

        lines = render_markdown(table).splitlines()

        assert lines[2:5] == [
            "| kill valkey | 2 | 1,234 | 0 | 0 | 0 | 0.46 |",
            "| disk full | 1 | 6 | 1 | 0 | 0 | - |",
            "| all | 3 | 1,240 | 1 | 0 | 0 | - |",
        ]
        assert lines[-1] == "Not tried on that machine: clock (no library)."

    def test_goes_between_the_marks_of_the_document(self) -> None:
        document = f"before\n{BEGIN}\nold\n{END}\nafter\n"

        assert replace_table(document, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"

    def test_is_documented(self) -> None:
        document = (Path(__file__).parents[2] / "docs/reliability.md").read_text("utf-8")
        _, _, rest = document.partition(BEGIN)

        rows = rest.partition(END)[0].strip().splitlines()

        assert rows[0] == render_markdown(Table()).splitlines()[0]
        assert len(rows) > 30
        assert all(re.search(r"\| 0 \| 0 \| 0 \| [\d.-]+ \|$", row) for row in rows[2:])
