"""What all tests share: the `full` marker, hypothesis' profiles, and signals as in a terminal."""

import signal

import pytest
from hypothesis import settings

FULL_EXAMPLES = 2_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="also run what is marked `full`, with more examples"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose hypothesis' profile; its own option, read after this, overrides it."""
    repeatable = settings.get_profile("ci")
    settings.register_profile("check", repeatable)
    settings.register_profile("full", repeatable, derandomize=False, max_examples=FULL_EXAMPLES)
    settings.load_profile("full" if config.getoption("full") else "check")
    # A shell ignores SIGINT for what it runs in the background, and processes inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is marked `full`, unless it is asked for."""
    if config.getoption("full"):
        return
    left_out = [item for item in items if item.get_closest_marker("full")]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)
