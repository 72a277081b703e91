"""The home page and the lists, while others bid and while the auctions are away."""

import secrets
import threading

from playwright.sync_api import Page, Request, expect

from browser.accessibility import expect_accessible
from browser.conftest import Visit
from browser.house import House
from stacks import wait_for

HEAVIEST_BYTES = 100 * 1024


def titles(page: Page) -> list[str]:
    return page.locator(".lot-title").all_inner_texts()


class TestCards:
    def test_follow_the_bids_of_others_without_reloading(self, house: House, visit: Visit) -> None:
        lot = house.list_lot(duration_s=300)
        pages = visit("/"), visit("/leiloes")
        cards = [page.locator(f'[data-lot="{lot}"]') for page in pages]
        for page, card in zip(pages, cards, strict=True):
            expect(card.locator(".price")).to_have_text("R$\u00a0100,00")
            page.evaluate("window.isTheSame = true")

        house.bid(lot, "bruno", amount="150.00")

        for page, card in zip(pages, cards, strict=True):
            expect(card.locator(".price")).to_have_text("R$\u00a0150,00")
            expect(card.locator(".lot-line").first).to_contain_text("1 lance")
            assert page.evaluate("window.isTheSame")


def shows_more(page: Page) -> bool:
    page.reload()
    return page.locator("[rel=next]").count() == 1


class TestAddresses:
    def test_say_what_is_looked_for(self, house: House, visit: Visit) -> None:
        word = f"busca{secrets.token_hex(4)}"
        house.list_lot(title=f"{word} caro", starting_price="900.00", category="doces")
        house.list_lot(title=f"{word} barato", starting_price="10.00", category="doces")
        house.list_lot(title=f"{word} bolo", starting_price="10.00", category="bolos")
        page = visit("/")

        page.fill("#search", word)
        page.press("#search", "Enter")
        page.wait_for_url(f"**/leiloes?q={word}")
        expect(page.locator(".lot")).to_have_count(3)
        page.select_option("#field-category", "doces")
        page.fill("#field-price_max", "500,00")
        page.select_option("#field-sort", "-current_price")
        page.click(".filters .button")
        expect(page.locator(".lot")).to_have_count(1)

        assert titles(page) == [f"{word} barato"]
        for has_script in (True, False):
            again = visit(page.url, "bruno", has_script=has_script)
            assert titles(again) == [f"{word} barato"]
            expect(again.locator("#field-price_max")).to_have_value("500,00")

    def test_distinguish_tabs(self, house: House, visit: Visit) -> None:
        word = f"aba{secrets.token_hex(4)}"
        lot = house.list_lot(title=f"{word} cancelado")
        house.call("POST", f"/auction/{lot}/cancel", {}, "ana")
        house.list_lot(title=f"{word} aberto")
        wait_for(
            lambda: house.call("GET", f"/view-auctions?status=cancelled&q={word}")["items"] or None,
            "the cancelled lot to be listed as such",
        )
        page = visit(f"/leiloes?q={word}", has_script=False)
        assert titles(page) == [f"{word} aberto"]

        page.click(".tabs >> text=Encerrados")
        expect(page.locator(".empty")).to_be_visible()
        page.click(".tabs.small >> text=Cancelado")

        assert titles(page) == [f"{word} cancelado"]
        assert page.url.endswith(f"/leiloes?q={word}&status=cancelled")
        page.go_back()
        page.go_back()
        assert titles(page) == [f"{word} aberto"]

    def test_go_through_the_pages(self, house: House, visit: Visit) -> None:
        word = f"folha{secrets.token_hex(4)}"
        for number in range(26):
            house.list_lot(title=f"{word} {number}")
        page = visit(f"/leiloes?q={word}", has_script=False)
        # A search reads the record, which is a moment behind.
        wait_for(lambda: shows_more(page) or None, "the record to hold them all")
        first = titles(page)

        page.click("[rel=next]")

        second = titles(page)
        assert len(first) == 24
        assert sorted(first + second) == sorted(f"{word} {number}" for number in range(26))
        expect(page.locator("[rel=next]")).to_have_count(0)
        assert titles(visit(page.url)) == second


class TestWithoutTheAuctions:
    def test_says_so_and_recovers(self, house: House, visit: Visit) -> None:
        lot = house.list_lot(duration_s=600)
        open_page = visit("/leiloes", may_fail=True)
        page = visit("/", "bruno", may_fail=True)
        held = threading.Thread(target=house.stack.do, args=("kill", "auctions-api", "--hold", "5"))
        held.start()
        wait_for(
            lambda: house.stack.process("auctions-api")["state"] != "ready" or None,
            "auctions-api to be away",
        )

        for path in ("/", "/leiloes", "/minha-pagina"):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200
            expect(page.locator(".empty p").first).to_contain_text("Os leilões não respondem agora")
        expect_accessible(page)
        page.goto(f"/leiloes/{lot}")
        expect(page.locator("h1")).to_have_text("Os leilões não respondem")

        held.join()
        house.stack.wait_ready("auctions-api")
        page.click("main .button")
        expect(page.locator("#lance")).to_be_visible()
        card = open_page.locator(f'[data-lot="{lot}"] .price')
        expect(card).to_have_text("R$\u00a0100,00")
        house.bid(lot, "carla", amount="120.00")
        expect(card).to_have_text("R$\u00a0120,00", timeout=60_000)


class TestTheFirstPage:
    def test_is_light(self, house: House, visit: Visit) -> None:
        for number in range(8):
            house.list_lot(title=f"Bolo número {number}", duration_s=300)
        page = visit("about:blank")
        asked: list[Request] = []

        def keep(request: Request) -> None:
            asked.append(request)

        page.on("requestfinished", keep)

        page.goto("/", wait_until="networkidle")

        sizes = {
            each.url: each.sizes()["responseBodySize"]
            for each in asked
            if "/media/" not in each.url
        }
        assert f"{house.address}/" in sizes
        assert len(sizes) >= 3
        assert sum(sizes.values()) <= HEAVIEST_BYTES, sizes
