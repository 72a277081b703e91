"""One stack for the drill, and the table at its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.drill import Drill
from chaos.table import Table, render_markdown, replace_table
from engines.ports import free_port
from stacks import LaunchedStack

TABLE = pytest.StashKey[Table]()
DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--drill`, known only if `tests/chaos` is on the command line."""
    parser.addoption(
        "--drill",
        choices=("short", "full"),
        default="short",
        help="full: each process killed twice, and everything the short drill leaves out",
    )
    parser.addoption(
        "--write-table",
        action="store_true",
        help="of a full drill: write its table into docs/reliability.md",
    )


@pytest.fixture(scope="session")
def is_full(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--drill", default="short") == "full")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests of the full drill, and list them in the table."""
    if config.getoption("--drill", default="short") == "full":
        return
    left = [item for item in items if "only_in_full" in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in left]
    table = config.stash.setdefault(TABLE, Table())
    table.left_out.extend(item.name for item in left)


@pytest.fixture
def only_in_full() -> None:
    """Mark a test of the full drill: `pytest tests/chaos --drill full`."""


@pytest.fixture(scope="session")
def rounds(is_full: bool) -> int:  # noqa: FBT001 - a fixture
    """Return how often each process is killed."""
    return 2 if is_full else 1


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    return pytestconfig.stash.setdefault(TABLE, Table())


@pytest.fixture(scope="session")
def drill(tmp_path_factory: pytest.TempPathFactory, table: Table) -> Iterator[Drill]:
    folder = tmp_path_factory.mktemp("drill")
    # All requests come from one address, at more than a person's rate.
    stack = LaunchedStack(folder / "data", {"MARTELO_RATE_LIMITS": "off"})
    try:
        # Not a default port: another stack could take it while the launcher is dead.
        stack.do("up", "--detach", "--no-demo", "--port", str(free_port()))
        drill = Drill(stack, folder, table)
        yield drill
        drill.close()
    finally:
        stack.close()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table, and write it to pytest's cache folder."""
    table = config.stash.get(TABLE, None)
    if table is None or not (table.rows or table.not_proved or table.left_out):
        return
    text = table.format()
    terminalreporter.section("fault drill")
    terminalreporter.write_line(text)
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if cache is not None:
        (cache.mkdir("fault-drill") / "table.txt").write_text(text + "\n", encoding="utf-8")
    if config.getoption("--write-table", default=False) and not table.left_out:
        document = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(replace_table(document, render_markdown(table)), "utf-8")
