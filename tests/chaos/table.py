"""The table the drill prints: fault, count, time to recover, acknowledged, lost, double.

`/live` has columns of its own: bids it acknowledged, how long it acknowledged none (people bid
by `POST` meanwhile), and how long its viewers received nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

HEADINGS = (
    "fault",
    "count",
    "back s",
    "bids silent s",
    "/live bids silent s",
    "SSE silent s",
    "/live silent s",
    "201s",
    "over /live",
    "repeats",
    "lost",
    "double",
    "unseen",
    "note",
)


@dataclass(frozen=True)
class Row:
    """The results of a fault; times are the longest of all its counts.

    `repeats` are 201s that an earlier try had caused; `unseen` counts what viewers missed, saw
    twice or out of order.
    """

    fault: str
    count: int = 1
    back_s: float | None = None
    bids_silent_s: float | None = None
    live_bids_silent_s: float | None = None
    streams_silent_s: float | None = None
    sockets_silent_s: float | None = None
    acknowledged: int = 0
    over_live: int = 0
    repeats: int = 0
    lost: int = 0
    double: int = 0
    unseen: int = 0
    note: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, done twice or missed."""
        return not (self.lost or self.double or self.unseen)

    def cells(self) -> tuple[str, ...]:
        """Return what is printed."""
        return (
            self.fault,
            str(self.count),
            _seconds(self.back_s),
            _seconds(self.bids_silent_s),
            _seconds(self.live_bids_silent_s),
            _seconds(self.streams_silent_s),
            _seconds(self.sockets_silent_s),
            str(self.acknowledged),
            str(self.over_live),
            str(self.repeats),
            str(self.lost),
            str(self.double),
            str(self.unseen),
            self.note,
        )


@dataclass
class Table:
    """Every row of a run, and what this machine could not exercise."""

    rows: list[Row] = field(default_factory=list)
    not_proved: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Add a row."""
        self.rows.append(row)

    def add_not_proved(self, fault: str, why: str) -> None:
        """Add a fault that this machine cannot exercise."""
        self.not_proved[fault] = why

    def total(self) -> Row:
        """Return all rows as one."""
        total = Row("all", count=0)
        for row in self.rows:
            total = replace(
                total,
                count=total.count + row.count,
                acknowledged=total.acknowledged + row.acknowledged,
                over_live=total.over_live + row.over_live,
                repeats=total.repeats + row.repeats,
                lost=total.lost + row.lost,
                double=total.double + row.double,
                unseen=total.unseen + row.unseen,
            )
        return total

    def format(self) -> str:
        """Return the table as text."""
        cells = [HEADINGS, *(row.cells() for row in [*self.rows, self.total()])]
        widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        lines += ["", f"not proved on this machine: {len(self.not_proved)}"]
        lines += [f"  {fault}: {why}" for fault, why in self.not_proved.items()]
        if self.left_out:
            lines += ["", f"left to the full drill (--drill full): {len(self.left_out)}"]
            lines += [f"  {name}" for name in self.left_out]
        return "\n".join(lines)


BEGIN, END = "<!-- fault drill: begin -->", "<!-- fault drill: end -->"
"""Lines of `docs/reliability.md` between which a full drill writes its table."""

DOCUMENTED: dict[str, Callable[[Row], str]] = {
    "fault": lambda row: row.fault,
    "times": lambda row: str(row.count),
    "acknowledged": lambda row: f"{row.acknowledged:,}",
    "lost": lambda row: str(row.lost),
    "doubled": lambda row: str(row.double),
    "unseen": lambda row: str(row.unseen),
    "seconds without bids": lambda row: _seconds(row.bids_silent_s),
}
"""The columns of the documented table."""


def render_markdown(table: Table) -> str:
    """Return the table for the documentation, with the sum as its last row."""
    lines = [
        f"| {' | '.join(DOCUMENTED)} |",
        f"|{'---|' * len(DOCUMENTED)}",
        *(_cells(row) for row in (*table.rows, table.total())),
    ]
    if table.not_proved:
        faults = "; ".join(f"{fault} ({why})" for fault, why in table.not_proved.items())
        lines += ["", f"Not tried on that machine: {faults}."]
    return "\n".join(lines)


def _cells(row: Row) -> str:
    return f"| {' | '.join(column(row) for column in DOCUMENTED.values())} |"


def replace_table(document: str, table: str) -> str:
    """Return a document with `table` between `BEGIN` and `END`."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"
