"""The contents of the documentation, which follow what is read."""

from playwright.sync_api import ViewportSize, expect

from browser.conftest import Visit


class TestContents:
    def test_mark_what_a_link_leads_to_and_then_what_is_read(self, visit: Visit) -> None:
        desk = ViewportSize(width=1280, height=900)
        page = visit("/docs", None, viewport=desk, reduced_motion="reduce")
        marked = page.locator(".contents a[aria-current=location]")
        expect(marked).to_have_count(0)

        page.locator(".contents a[href='#accounts-refresh']").click()

        expect(marked).to_have_count(1)
        expect(marked).to_have_attribute("href", "#accounts-refresh")
        page.evaluate("document.querySelector('#accounts-api-keys').scrollIntoView()")
        expect(marked).to_have_attribute("href", "#accounts-api-keys")
        expect(marked).to_be_in_viewport()

    def test_mark_the_last_message_which_cannot_come_to_the_top(self, visit: Visit) -> None:
        desk = ViewportSize(width=1280, height=900)
        page = visit("/docs", None, viewport=desk, reduced_motion="reduce")

        page.locator(".contents a[href='#live-cancelled']").click()

        marked = page.locator(".contents a[aria-current=location]")
        expect(marked).to_have_attribute("href", "#live-cancelled")

    def test_stay_where_they_are_under_a_pointer(self, visit: Visit) -> None:
        desk = ViewportSize(width=1280, height=900)
        page = visit("/docs", None, viewport=desk, reduced_motion="reduce")
        page.locator(".contents a[href='#live-cancelled']").hover()

        page.mouse.down()
        page.evaluate("document.querySelector('#accounts-api-keys').scrollIntoView()")
        marked = page.locator(".contents a[aria-current=location]")
        expect(marked).to_have_attribute("href", "#accounts-api-keys")
        page.mouse.up()

        expect(marked).to_have_attribute("href", "#live-cancelled")
