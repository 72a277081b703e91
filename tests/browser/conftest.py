"""A real browser on a whole house: people who bid, and who watches that nothing odd happens.

Where no Chromium can be had these tests do not run, and the run's last line says so.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from browser.house import House
from browser.watching import Watched
from stacks import LaunchedStack

PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 15_000
WHY = "no Chromium is installed and none can be installed here"

Visit = Callable[..., Page]
_not_run: list[str] = []


def find_browser(playwright: Playwright) -> Path | None:
    """Return the system's Chromium, else the one playwright brought."""
    own = Path(playwright.chromium.executable_path)
    return next((path for path in (*map(Path, PROGRAMS), own) if path.exists()), None)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser_program(playwright: Playwright) -> Path | None:
    return find_browser(playwright)


@pytest.fixture(autouse=True)
def _needs_browser(request: pytest.FixtureRequest, browser_program: Path | None) -> None:
    if browser_program is None:
        _not_run.append(request.node.nodeid)
        pytest.skip(WHY)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, browser_program: Path | None) -> Iterator[Browser]:
    assert browser_program is not None
    expect.set_options(timeout=PATIENCE_MS)
    started = playwright.chromium.launch(executable_path=browser_program, args=list(OPTIONS))
    yield started
    started.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    stack = LaunchedStack(tmp_path_factory.mktemp("house") / "data", {"MARTELO_RATE_LIMITS": "off"})
    try:
        stack.up()
        with closing(House(stack)) as made:
            yield made
    finally:
        stack.close()


@pytest.fixture
def visit(browser: Browser, house: House) -> Iterator[Visit]:
    """Open pages, each in a browser of its own; at the end nothing odd may have happened."""
    watched: list[Watched] = []

    def open_page(
        path: str,
        name: str | None = None,
        *,
        has_script: bool = True,
        may_fail: bool = False,
        **options: Any,  # noqa: ANN401 - playwright's own
    ) -> Page:
        context = browser.new_context(
            base_url=house.address, locale="pt-BR", java_script_enabled=has_script, **options
        )
        if name is not None:
            session_id = house.begin_session(name)

            context.add_cookies(
                [{"name": "martelo-session", "value": session_id, "url": house.address}]
            )
        each = Watched(context.new_page(), house.address, may_fail=may_fail)
        watched.append(each)
        each.page.goto(path)
        return each.page

    yield open_page
    oddities = [oddity for each in watched for oddity in each.oddities]
    for each in watched:
        each.page.context.close()
    assert not oddities, "\n".join(oddities)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Say, as the very last line, what did not run."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if _not_run and reporter is not None:
        reporter.write_line(f"{len(_not_run)} browser tests did not run: {WHY}", red=True)
