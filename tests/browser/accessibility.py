"""WCAG 2.2 A and AA, as far as axe can see."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}


MAX_UNFOLDED = 5
"""The reference has hundreds of folds, all of a few kinds."""


def expect_accessible(page: Page) -> None:
    """Open what is folded, and let axe look at all of it."""
    for summary in page.locator("details:not([open]) > summary").all()[:MAX_UNFOLDED]:
        if summary.is_visible():
            summary.click()
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
