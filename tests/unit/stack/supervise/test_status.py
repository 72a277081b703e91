"""The table that `status` prints."""

from typing import Any

import pytest

from martelo.stack.supervise.status import format_status

MIB = 1024 * 1024
STATUS: dict[str, Any] = {
    "processes": [],
    "urls": {},
    "memory": {"pss_bytes": 100 * MIB, "budget_bytes": 200 * MIB, "within_budget": True},
    "copies": [],
}


@pytest.mark.parametrize(
    ("store", "line"),
    [
        (
            {"used_bytes": 15 * MIB // 10, "max_bytes": 2000 * MIB},
            "store   1.5 MB of memory used, 0% of its bound of 2.0 GB",
        ),
        (
            {"used_bytes": 1800 * MIB, "max_bytes": 2000 * MIB},
            "store   1.8 GB of memory used, 90% of its bound of 2.0 GB",
        ),
        (
            {"used_bytes": 1800 * MIB, "max_bytes": 0},
            "store   1.8 GB of memory used, without a bound",
        ),
    ],
)
def test_shows_how_full_the_store_is(store: dict[str, int], line: str) -> None:
    assert line in format_status({**STATUS, "store": store}).splitlines()


def test_says_nothing_of_a_store_that_does_not_answer() -> None:
    assert "store" not in format_status({**STATUS, "store": None})
