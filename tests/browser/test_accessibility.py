"""WCAG 2.2 A and AA, as far as axe can tell, on every kind of page and in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.conftest import Visit
from browser.house import House

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}


def open_path(house: House) -> str:
    return f"/leiloes/{house.open_lot(reserve_price='300.00', buy_now_price='900.00')}"


def bid_path(house: House) -> str:
    lot = house.open_lot(reserve_price="300.00")
    house.bid(lot, "bruno", amount="100.00")
    house.bid(lot, "carla", max_amount="200.00")
    return f"/leiloes/{lot}"


def sold_path(house: House) -> str:
    lot = house.open_lot(buy_now_price="900.00")
    house.call("POST", f"/auction/{lot}/buy-now", {}, "bruno")
    return f"/leiloes/{lot}"


def cancelled_path(house: House) -> str:
    lot = house.open_lot()
    house.call("POST", f"/auction/{lot}/cancel", {"reason": "O bolo caiu."}, "ana")
    return f"/leiloes/{lot}"


def urgent_path(house: House) -> str:
    return f"/leiloes/{house.open_lot(duration_s=55)}"


PAGES = {
    "lot, open": (open_path, None),
    "lot, leading": (bid_path, "carla"),
    "lot, outbid": (bid_path, "bruno"),
    "lot, own": (open_path, "ana"),
    "lot, last minute": (urgent_path, "bruno"),
    "lot, sold": (sold_path, "bruno"),
    "lot, cancelled": (cancelled_path, None),
    "lot, unknown": (lambda _house: "/leiloes/00-nada", None),
}
"""What makes each page, and who looks at it."""


class TestEveryPage:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("name", PAGES)
    def test_has_no_violation(self, house: House, visit: Visit, name: str, theme: str) -> None:
        make, person = PAGES[name]
        page = visit(make(house), person, color_scheme=theme, may_fail=True)
        expect(page.locator("h1")).to_be_visible()
        for summary in page.locator("details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()

        found = Axe().run(page, options=RULES)

        assert found.violations_count == 0, found.generate_report()
