"""All by keyboard: from the home page to a bid, always seeing where one is."""

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from browser.conftest import Visit
from browser.house import House

MAX_STEPS = 120
PATIENCE_MS = 5_000
IS_VISIBLE = """() => {
  const rings = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const focused = document.activeElement;
  const box = focused.getBoundingClientRect();
  const card = focused.closest(".lot");
  return box.right > 0 && box.bottom > 0 && (rings(focused) || (card !== null && rings(card)));
}"""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is on `wanted`; wherever it comes to, it must be seen."""
    for _ in range(MAX_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        try:
            # A page just opened may take a moment to learn that it has the window's focus.
            page.wait_for_function(IS_VISIBLE, timeout=PATIENCE_MS)
        except PlaywrightTimeoutError as error:
            raise AssertionError(f"the focus is not seen: {where}") from error
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"no Tab led to {wanted}")


class TestTheKeyboard:
    def test_leads_from_home_to_a_bid(self, house: House, visit: Visit) -> None:
        lot = house.list_lot(duration_s=300)
        page = visit("/", "bruno")

        tab_to(page, f'[href="/leiloes/{lot}"]')
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/leiloes/{lot}")
        tab_to(page, "#amount")
        page.keyboard.press("Enter")

        expect(page.locator(".standing-title")).to_have_text("Você está ganhando")
        assert house.read(lot)["bid_count"] == 1

    def test_leads_through_the_sellers_form(self, visit: Visit) -> None:
        page = visit("/vender", "bruno")

        tab_to(page, ".skip")
        page.keyboard.press("Enter")
        tab_to(page, "#field-title")
        page.keyboard.type("Bolo de teclado")
        tab_to(page, "#field-starting_price")
        page.keyboard.type("35")
        tab_to(page, "[value=preview]")
        page.keyboard.press("Enter")
        expect(page.locator("[value=publish]")).to_be_visible()
        tab_to(page, "[value=publish]")
        page.keyboard.press("Enter")

        expect(page.locator("h1")).to_have_text("Bolo de teclado")
