"""What an administrator does after an outage."""

import time

from playwright.sync_api import expect

from browser.conftest import Visit
from browser.house import ADMINISTRATOR, House
from martelo.auctions.adapters.live_store.keys import HEARTBEAT_KEY
from martelo.runtime.valkey.client import connect
from stacks import wait_for

PAGE = "/administracao/leiloes"


def be_out(house: House, seconds: int) -> None:
    """Let the store believe that nobody could bid for some time, until the API's next beat."""
    port = house.stack.process("valkey")["ports"][0]
    password = house.stack.password("valkey", "auctions")
    valkey = connect(f"valkey://auctions:{password}@127.0.0.1:{port}/0", timeout_s=5)
    began_ms = int(time.time() * 1000) - seconds * 1000
    valkey.node_of(HEARTBEAT_KEY).set(HEARTBEAT_KEY, began_ms)

    def is_noted() -> bool | None:
        return int(valkey.node_of(HEARTBEAT_KEY).get(HEARTBEAT_KEY) or 0) > began_ms or None

    wait_for(is_noted, "the API to note that bids can be placed")


class TestOutage:
    def test_is_made_up_for_with_one_click(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(duration_s=300)
        before = house.read(lot)["ends_at"]
        be_out(house, 90)
        page = visit(PAGE, ADMINISTRATOR)
        offer = page.locator("section.panel")
        expect(offer).to_contain_text("ninguém conseguiu dar lances")
        expect(offer.get_by_label("Minutos")).to_have_value("2")

        offer.get_by_role("button", name="Prorrogar").click()

        expect(page.locator(".success")).to_contain_text("prorrogado")
        expect(offer).to_have_count(0)
        assert house.read(lot)["ends_at"] > before

    def test_can_be_left_as_it_was(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(duration_s=300)
        before = house.read(lot)["ends_at"]
        be_out(house, 90)
        page = visit(PAGE, ADMINISTRATOR)

        page.get_by_role("button", name="Deixar como estão").click()

        expect(page.locator(".success")).to_be_visible()
        expect(page.locator("section.panel")).to_have_count(0)
        assert house.read(lot)["ends_at"] == before


class TestAllEnds:
    def test_are_moved_together(self, house: House, visit: Visit) -> None:
        lot = house.list_lot()
        before = house.read(lot)["ends_at"]
        page = visit(PAGE, ADMINISTRATOR)

        page.get_by_label("Motivo").fill("Chuva")
        page.get_by_role("button", name="Prorrogar todos").click()

        expect(page.locator(".success")).to_contain_text("prorrogado")
        assert house.read(lot)["ends_at"] > before
