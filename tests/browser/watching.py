"""What must never happen on a page."""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request

from stacks import wait_for

REPORT = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
Object.defineProperty(window, "__pwned", {
  set: (by) => console.error(`a hostile text was executed: ${by}`),
});
"""


class Watched:
    """A page, and every error, policy report and foreign request on it.

    `may_fail` is for tests that take a part of the house down: what then cannot be loaded is not
    a fault of the page, and only that is ignored.
    """

    def __init__(self, page: Page, address: str, *, may_fail: bool) -> None:
        self.page = page
        self.oddities: list[str] = []
        self._host = urlsplit(address).netloc
        self._may_fail = may_fail
        page.add_init_script(REPORT)
        page.on("console", self._hear)
        page.on("pageerror", self._hear_error)
        page.on("request", self._see)
        page.on("dialog", lambda dialog: self.oddities.append(f"dialog: {dialog.message}"))

    def _hear(self, message: ConsoleMessage) -> None:
        is_loading = message.text.startswith(("Failed to load resource", "WebSocket connection to"))
        if message.type in {"error", "warning"} and not (is_loading and self._may_fail):
            self.oddities.append(f"{message.type}: {message.text} ({self.page.url})")

    def _hear_error(self, error: Error) -> None:
        self.oddities.append(f"uncaught: {error.message}")

    def _see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.netloc != self._host and parts.scheme != "data":
            self.oddities.append(f"foreign request: {request.url}")


def wait_listed(page: Page, path: str, lot: Locator) -> None:
    """Open a list again until it shows a lot: lists lag a little."""

    def look() -> int | None:
        page.goto(path)
        return lot.count() or None

    wait_for(look, "a new lot to be listed", seconds=20)
