"""The lot's page in a real browser, with others who bid at the same time."""

import re
import threading
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from browser.conftest import Visit
from browser.house import House
from martelo.storefront.texts.formatting import parse_money

TYPED = [
    *("150", "150,5", "150.50", "R$ 1.234,56", "1,234.56", "1.234", "1,234", "1.234.567", "0,01"),
    *(
        "0",
        "0,00",
        "",
        "R$",
        "1,2,3",
        "12.34.567",
        "1e3",
        "-5",
        "+5",
        "NaN",
        "1,5 0",
        "007",
        "1.2345",
    ),
    *(
        "999999999999,99",
        "1000000000000",
        "999.999.999.999,99",
        "1.000.000.000.000",
        "\uff11\uff12",
        "1 234",
    ),
]
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}</script><script>alert(2)</script>"


def path_of(lot: str) -> str:
    return f"/leiloes/{lot}"


def expect_price(page: Page, amount: str) -> None:
    expect(page.locator('[data-slot="price"]')).to_have_text(f"R$\u00a0{amount}")


def expect_live(page: Page) -> None:
    expect(page.locator('[data-slot="feed"]')).to_have_attribute("data-state", "live")


def bid(page: Page, amount: str | None = None) -> None:
    if amount is not None:
        page.fill("#amount", amount)
    page.click("#lance .button")


def _without_answers(socket: WebSocketRoute) -> None:
    """Let everything through but what a bid came to."""
    server = socket.connect_to_server()
    server.on_message(
        lambda message: (
            None
            if '"bid_id"' in str(message) and '"answer"' in str(message)
            else socket.send(message)
        )
    )


def left_s(page: Page) -> int:
    text = page.locator('[data-slot="time"]').inner_text()
    minutes, seconds = re.search(r"(\d+)\smin", text), re.search(r"(\d+)\ss", text)
    return int(minutes[1] if minutes else 0) * 60 + int(seconds[1] if seconds else 0)


def shown(page: Page) -> list[str]:
    """Return what a page says of price, time, standing and bids."""
    places = (".now", ".standing", ".history", ".lot-rules")
    return [page.locator(place).inner_text() for place in places]


class TestTwoPeople:
    def test_see_each_others_bids_without_reloading(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        bruno, carla = visit(path_of(lot), "bruno"), visit(path_of(lot), "carla")
        expect_live(bruno)
        expect_live(carla)

        bid(bruno)
        expect_price(carla, "100,00")
        expect(bruno.locator(".standing-title")).to_have_text("Você está ganhando")
        expect(carla.locator("#amount")).to_have_value("102,50")
        bid(carla)

        expect_price(bruno, "102,50")
        expect(bruno.locator(".standing-title")).to_have_text("Cobriram o seu lance")
        expect(carla.locator(".standing-title")).to_have_text("Você está ganhando")
        expect(bruno.locator("#amount")).to_have_value("105,00")
        expect(bruno.locator(".bids li")).to_have_count(2)
        expect(bruno.locator(".bids")).to_contain_text("C***s")
        expect(bruno.locator(".bids")).not_to_contain_text("Carla")

    def test_see_the_end_move_and_then_the_winner(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(duration_s=14, soft_close_window_s=10, soft_close_cap_s=60)
        bruno, carla = visit(path_of(lot), "bruno"), visit(path_of(lot), "carla")
        expect_live(bruno)
        expect_live(carla)
        expect(bruno.locator('[data-slot="urgent"]')).to_be_visible()
        bruno.wait_for_function("""() => parseInt(
            document.querySelector('[data-slot="time"]').textContent) <= 6""")

        bid(bruno)

        for page in (bruno, carla):
            expect(page.locator('[data-slot="extended"]')).to_be_visible()
            assert left_s(page) >= 8
        expect(bruno.locator(".standing-title")).to_have_text("Você venceu!", timeout=25_000)
        expect(carla.locator(".standing-title")).to_have_text("Vendido", timeout=25_000)
        expect(carla.locator(".standing")).to_contain_text("B***a")
        expect(carla.locator("#lance")).to_be_hidden()

    def test_see_after_a_live_end_what_a_reload_shows(self, house: House, visit: Visit) -> None:
        for name in ("ana", "bruno", "carla"):
            house.token(name)
        lot = house.open_lot(duration_s=20, soft_close_window_s=0, soft_close_cap_s=0)
        house.bid(lot, "carla", amount="100.00")
        house.bid(lot, "bruno", amount="110.00")
        ana, bruno, carla = (
            # Not the zone that is shown before a browser has sent its own.
            visit(path_of(lot), name, timezone_id="Asia/Tokyo")
            for name in ("ana", "bruno", "carla")
        )
        for page in (ana, bruno, carla):
            expect_live(page)

        # The seller reads the buyer's full name, and nobody else does.
        expect(ana.locator(".standing")).to_contain_text("Bruno Lima", timeout=25_000)
        expect(bruno.locator(".standing-title")).to_have_text("Você venceu!")
        expect(carla.locator(".standing-title")).to_have_text("Desta vez não foi seu")

        for page in (ana, bruno, carla):
            expect(page.locator(".lot-rules")).to_contain_text("Lances foram aceitos")
            live = shown(page)
            page.reload()
            assert shown(page) == live

    def test_see_a_lot_nobody_bid_on_as_over(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(duration_s=10)
        page = visit(path_of(lot))
        expect_live(page)
        history = page.locator('[data-slot="no-bids"]')
        expect(history).to_have_text("Ainda não há lances.")

        expect(page.locator(".standing-title")).to_have_text("Não vendido")

        expect(history).to_have_text("Ninguém deu lance.")
        live = shown(page)
        page.reload()
        assert shown(page) == live

    def test_who_wins_is_shown_after_a_reload_too(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(buy_now_price="500.00")
        house.call("POST", f"/auction/{lot}/buy-now", {}, "bruno")

        page = visit(path_of(lot), "bruno")

        expect(page.locator(".standing-title")).to_have_text("Você venceu!")
        expect_price(page, "500,00")


def ceiling_words(page: Page) -> list[str]:
    """Return what a page says to who leads about what they would pay."""
    slots = ("standing-more", "ceiling-title", "ceiling-least")
    return [page.locator(f'[data-slot="{slot}"]').inner_text() for slot in slots]


class TestCeiling:
    def test_is_shown_live_as_after_a_reload(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "bruno")
        hint = page.locator('[data-slot="ceiling-least"]')
        expect_live(page)

        bid(page)
        expect(hint).to_have_text("Acima de R$\u00a0100,00, o preço agora")
        plain = ceiling_words(page)
        page.reload()
        assert ceiling_words(page) == plain

        expect_live(page)
        page.fill("#max_amount", "300")
        page.click("[data-form=ceiling] .button")
        expect(hint).to_have_text("Acima de R$\u00a0300,00, seu teto até agora")
        raised = ceiling_words(page)
        page.reload()
        assert ceiling_words(page) == raised
        assert raised[1] == "Aumentar seu teto"

    def test_is_forgotten_once_it_is_beaten(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "bruno")
        expect_live(page)
        page.click("summary:has-text('Lance automático')")
        page.fill("#max_amount", "300")
        page.click("[data-form=ceiling] .button")
        expect(page.locator(".standing")).to_contain_text("R$\u00a0300,00")

        house.bid(lot, "carla", amount="310.00")
        expect(page.locator(".standing-title")).to_have_text("Cobriram o seu lance")
        expect(page.locator("[data-form=ceiling] .form-status")).to_be_empty()
        bid(page, "320")

        expect(page.locator('[data-slot="ceiling-least"]')).to_have_text(
            "Acima de R$\u00a0320,00, o preço agora"
        )
        expect(page.locator(".standing")).not_to_contain_text("300,00")


class TestWithoutScript:
    def test_a_bid_too_low_says_what_would_do(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        house.bid(lot, "bruno", max_amount="200.00")
        # A refusal has its own status, which the browser notes.
        page = visit(path_of(lot), "carla", has_script=False, may_fail=True)

        bid(page, "50")

        expect(page.locator("#amount-fault")).to_contain_text("R$\u00a0102,50")
        expect(page.locator("#amount")).to_have_value("102,50")

    def test_a_bid_counts_and_the_page_says_so(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "carla", has_script=False)

        page.click(".quick-step >> nth=0")
        expect(page.locator("#amount")).to_have_value("102,50")
        bid(page)

        expect(page.locator(".standing-title")).to_have_text("Você está ganhando")
        expect_price(page, "102,50")
        assert page.url.endswith(path_of(lot))

    def test_a_ceiling_is_kept_secret(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "carla", has_script=False)

        page.click("summary:has-text('Lance automático')")
        page.fill("#max_amount", "1.234,56")
        page.click("[data-form=ceiling] .button")

        expect(page.locator(".standing")).to_contain_text("R$\u00a01.234,56")
        expect(visit(path_of(lot), "bruno").locator("body")).not_to_contain_text("1.234,56")


class TestForms:
    def test_a_double_click_makes_one_bid(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "bruno")
        expect_live(page)

        page.dblclick("#lance .button")

        expect(page.locator(".standing-title")).to_have_text("Você está ganhando")
        assert house.read(lot)["bid_count"] == 1

    def test_a_double_click_without_a_script_makes_one_bid(
        self, house: House, visit: Visit
    ) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "bruno", has_script=False)

        page.dblclick("#lance .button")

        expect(page.locator(".standing-title")).to_have_text("Você está ganhando")
        assert house.read(lot)["bid_count"] == 1

    def test_a_bid_goes_over_the_socket(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "bruno")
        expect_live(page)
        posted: list[str] = []
        page.on("request", lambda request: posted.append(request.method))

        bid(page)

        expect(page.locator(".form-status").first).to_contain_text("R$\u00a0100,00")
        expect(page.locator(".standing-title")).to_have_text("Você está ganhando")
        assert "POST" not in posted
        assert house.read(lot)["bid_count"] == 1

    def test_an_answer_lost_on_the_socket_is_requested_by_form_and_counts_once(
        self, house: House, visit: Visit
    ) -> None:
        lot = house.open_lot()
        page = visit("/", "bruno")
        page.route_web_socket("**/live", _without_answers)
        page.goto(path_of(lot))
        expect_live(page)

        bid(page)

        expect(page.locator(".form-status").first).to_contain_text("Seu lance valeu")
        assert house.read(lot)["bid_count"] == 1

    def test_a_lost_answer_is_requested_again_and_counts_once(
        self, house: House, visit: Visit
    ) -> None:
        lot = house.open_lot()
        page = visit("/", "bruno", may_fail=True)
        page.route_web_socket("**/live", lambda socket: socket.close())
        page.goto(path_of(lot))
        expect_live(page)  # by the stream, where nobody bids
        lost = threading.Event()

        def lose_the_first(route: object) -> None:
            if lost.is_set():
                route.continue_()  # type: ignore[attr-defined]
                return
            lost.set()
            route.fetch()  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]

        page.route("**/lance", lose_the_first)
        bid(page)

        expect(page.locator(".form-status").first).to_contain_text("Seu lance valeu")
        assert lost.is_set()
        assert house.read(lot)["bid_count"] == 1

    def test_a_refusal_fills_in_what_would_do(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "carla")

        bid(page, "1")

        expect(page.locator("#amount-fault")).to_contain_text("R$\u00a0100,00")
        expect(page.locator("#amount")).to_have_value("100,00")
        expect(page.locator("#amount")).to_be_focused()

    def test_buying_now_is_confirmed_and_ends_it_for_all(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(buy_now_price="500.00")
        bruno, carla = visit(path_of(lot), "bruno"), visit(path_of(lot), "carla")
        expect_live(carla)

        bruno.click("summary:has-text('Comprar agora')")
        bruno.click("[data-form=buy] .button")

        expect(bruno.locator(".standing-title")).to_have_text("Você venceu!")
        expect(carla.locator(".standing-title")).to_have_text("Vendido")
        expect_price(carla, "500,00")

    def test_who_is_not_signed_in_keeps_the_amount(self, house: House, visit: Visit) -> None:
        page = visit(path_of(house.open_lot()), may_fail=True)

        bid(page, "123,45")

        page.wait_for_url("**/entrar?*")
        assert "valor%3D123" in page.url

    def test_a_seller_reads_the_reserve_and_cannot_bid(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(reserve_price="300.00")

        page = visit(path_of(lot), "ana")

        expect(page.locator(".own-lot")).to_contain_text("R$\u00a0300,00")
        expect(page.locator("#lance")).to_have_count(0)
        expect(page.get_by_role("link", name="Cancelar o leilão")).to_be_visible()


class TestTheFeed:
    @pytest.mark.slow
    def test_a_cut_is_shown_and_recovered_from(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot), "carla", may_fail=True)
        expect_live(page)

        cut = threading.Thread(
            target=house.stack.do, args=("kill", "auctions-live", "--hold", "12")
        )
        cut.start()
        expect(page.locator('[data-slot="feed"]')).to_have_attribute("data-state", "reconnecting")
        expect(page.locator('[data-slot="feed-text"]')).to_contain_text("a cada 5 segundos")
        house.bid(lot, "bruno", amount="110.00")
        expect_price(page, "110,00")
        house.bid(lot, "bruno", amount="120.00")

        expect(page.locator('[data-slot="feed"]')).to_have_attribute(
            "data-state", "live", timeout=60_000
        )
        expect_price(page, "120,00")
        expect(page.locator(".bids li")).to_have_count(2)
        cut.join()

    def test_no_network_is_shown(self, house: House, visit: Visit) -> None:
        page = visit(path_of(house.open_lot()), may_fail=True)
        expect_live(page)

        page.context.set_offline(offline=True)
        expect(page.locator('[data-slot="feed"]')).to_have_attribute("data-state", "offline")
        page.context.set_offline(offline=False)

        expect_live(page)

    def test_goes_on_by_a_stream_where_sockets_do_not_get_through(
        self, house: House, visit: Visit
    ) -> None:
        lot = house.open_lot()
        page = visit("/", "carla")
        page.route_web_socket("**/live", lambda socket: socket.close())
        page.goto(path_of(lot))
        expect_live(page)

        house.bid(lot, "bruno", amount="110.00")

        expect_price(page, "110,00")
        bid(page)
        expect(page.locator(".standing-title")).to_have_text("Você está ganhando")


class TestMoney:
    @pytest.mark.parametrize("language", ["pt-br", "en"])
    def test_reads_what_is_typed_as_the_server_does(self, visit: Visit, language: str) -> None:
        page = visit("/")

        read = page.evaluate(
            """async ([typed, language]) => {
                const { parseTyped } = await import("/static/web/money.js");
                return typed.map((each) => parseTyped(each, language));
            }""",
            [TYPED, language],
        )

        assert read == [parse_money(each, language) for each in TYPED]
        assert None in read


class TestStates:
    def test_a_scheduled_lot_counts_down_to_its_start_and_opens(
        self, house: House, visit: Visit
    ) -> None:
        now = house.read(house.open_lot())["server_time"]
        starts_at = re.sub(r"\.\d+Z$", "Z", now)
        lot = house.open_lot(starts_at=_later(starts_at, 6), duration_s=600)

        page = visit(path_of(lot), "bruno")

        expect(page.locator('[data-slot="time-label"]')).to_have_text("Começa em")
        expect(page.locator("#lance")).to_be_hidden()
        expect(page.locator("#lance")).to_be_visible()
        bid(page)
        expect(page.locator(".standing-title")).to_have_text("Você está ganhando")

    def test_a_cancelled_lot_says_why(self, house: House, visit: Visit) -> None:
        lot = house.open_lot()
        page = visit(path_of(lot))
        expect_live(page)

        house.call("POST", f"/auction/{lot}/cancel", {"reason": "O bolo caiu."}, "ana")

        expect(page.locator(".standing")).to_contain_text("O bolo caiu.")

    def test_an_unknown_lot_has_a_page_of_its_own(self, visit: Visit) -> None:
        page = visit("/leiloes/00-nada", may_fail=True)

        expect(page.locator("h1")).to_have_text("Este lote não existe")


class TestHostileTexts:
    def test_are_shown_and_do_nothing(self, house: House, visit: Visit) -> None:
        lot = house.open_lot(title=HOSTILE, description=f"{HOSTILE}\n\n[x](javascript:alert(3))")
        other = house.open_lot(seller="mallory")
        house.bid(lot, "mallory", amount="100.00")

        page, theirs = visit(path_of(lot), "bruno"), visit(path_of(other), "mallory")

        expect_live(page)
        expect(page.locator("h1")).to_have_text(HOSTILE)
        expect(page.locator(".description")).to_contain_text("<img src=x onerror=alert(1)>")
        expect(page.locator(".description a, .description img")).to_have_count(0)
        expect(theirs.locator(".seller")).to_contain_text("<img src=x onerror=alert(1)>")


def _later(instant: str, seconds: int) -> str:
    return (datetime.fromisoformat(instant) + timedelta(seconds=seconds)).isoformat()
