"""WCAG 2.2 A and AA, as far as axe can see, on every kind of page and in both themes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from browser.accessibility import expect_accessible
from browser.agent_records import record_end, store_effects, write_report
from browser.conftest import Visit
from browser.house import House
from browser.picture_files import as_file, draw
from martelo.storefront.texts.formatting import write_instant

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
LOOKS: list[tuple[Literal["light", "dark"], ViewportSize]] = [("light", PHONE), ("dark", DESK)]
Step = Callable[[Page], object]


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


def leave(_page: Page) -> None:
    """Do nothing: the page is looked at as it comes."""


def register_badly(page: Page) -> None:
    page.fill("#field-name", "Dora")
    page.fill("#field-email", "dora@example.com")
    page.fill("#field-password", "password1234")
    page.click("main .button")
    expect(page.locator(".fault")).to_be_visible()


def sign_in_badly(page: Page) -> None:
    page.fill("#field-email", "nobody@example.com")
    page.fill("#field-password", "not the password")
    page.click("main .button")
    expect(page.locator(".alarm")).to_be_visible()


def sell_badly(page: Page) -> None:
    page.fill("#field-title", "Bolo")
    page.fill("#field-starting_price", "muito")
    page.set_input_files("#field-pictures", as_file("bolo.png", b"no picture"))
    page.click("[value=preview]")
    expect(page.locator(".fault")).to_have_count(2)


def sell(page: Page) -> None:
    page.fill("#field-title", "Bolo")
    page.fill("#field-description", "De cenoura.")
    page.fill("#field-starting_price", "20")
    page.fill("#field-reserve_price", "50")
    page.set_input_files("#field-pictures", as_file("bolo.png", draw("PNG", "orange")))
    page.click("[value=preview]")
    expect(page.locator(".pictures img")).to_have_count(1)


def change_password_badly(page: Page) -> None:
    page.fill("#field-current_password", "not the password")
    page.fill("#field-password", "another-long-password")
    page.click("form:has(#field-password) .button")
    expect(page.locator(".fault")).to_be_visible()


def own_path(house: House) -> str:
    bid_path(house)
    house.bid(house.open_lot(seller="carla"), "bruno", amount="100.00")
    return "/minha-pagina"


def scheduled_path(house: House) -> str:
    house.list_lot(starts_at=write_instant(datetime.now(UTC) + timedelta(days=3)))
    return "/leiloes?status=scheduled"


def edit_path(house: House) -> str:
    return f"{open_path(house)}/editar"


def cancel_path(house: House) -> str:
    return f"{open_path(house)}/cancelar"


def fixed_path(house: House) -> str:
    return f"{bid_path(house)}/editar"


def reported_path(house: House) -> str:
    lot = house.open_lot(buy_now_price="900.00")
    record_end(house, lot)
    house.call("POST", f"/auction/{lot}/buy-now", {}, "bruno")
    write_report(house, lot)
    return f"/leiloes/{lot}"


def unreported_path(house: House) -> str:
    lot = house.open_lot(buy_now_price="900.00")
    record_end(house, lot)
    house.call("POST", f"/auction/{lot}/buy-now", {}, "bruno")
    return f"/leiloes/{lot}"


def console_path(house: House) -> str:
    return f"/administracao/agente?auction={store_effects(house)}"


def outbox_path(house: House) -> str:
    store_effects(house)
    return "/administracao/agente/saida"


def unfold(page: Page) -> None:
    for summary in page.locator("main summary").all():
        if summary.evaluate("each => !each.parentElement.open"):
            summary.click()


def change_house_badly(page: Page) -> None:
    page.fill("#field-name", "\u200b")
    page.click("main .button")
    expect(page.locator(".fault")).to_be_visible()


def change_identity_badly(page: Page) -> None:
    page.fill("#field-tax_id", "123")
    page.click("main .button")
    expect(page.locator(".fault")).to_be_visible()


PAGES: dict[str, tuple[Callable[[House], str], str | None, Step]] = {
    "home": (lambda _house: "/", None, leave),
    "home, signed in": (lambda _house: "/", "bruno", leave),
    "list": (lambda _house: "/leiloes", None, leave),
    "list, scheduled": (scheduled_path, "bruno", leave),
    "list, ended": (lambda _house: "/leiloes?status=cancelled", None, leave),
    "list, filters at fault": (lambda _house: "/leiloes?q=bolo&price_min=muito", None, leave),
    "list, empty": (lambda _house: "/leiloes?q=xyzzy&category=arte", None, leave),
    "sell": (lambda _house: "/vender", "bruno", leave),
    "sell, at fault": (lambda _house: "/vender", "bruno", sell_badly),
    "sell, preview": (lambda _house: "/vender", "bruno", sell),
    "edit": (edit_path, "ana", leave),
    "edit, too late": (fixed_path, "ana", leave),
    "edit, another's": (edit_path, "bruno", leave),
    "cancel": (cancel_path, "ana", leave),
    "my page": (own_path, "bruno", leave),
    "my page, empty": (lambda _house: "/minha-pagina", "dora", leave),
    "sign in": (lambda _house: "/entrar", None, leave),
    "sign in, at fault": (lambda _house: "/entrar", None, sign_in_badly),
    "register": (lambda _house: "/cadastro", None, leave),
    "register, at fault": (lambda _house: "/cadastro", None, register_badly),
    "profile": (lambda _house: "/perfil", "bruno", leave),
    "profile, at fault": (lambda _house: "/perfil", "bruno", change_password_badly),
    "data": (lambda _house: "/perfil/dados", "bruno", leave),
    "keys": (lambda _house: "/perfil/chaves", "bruno", leave),
    "sessions": (lambda _house: "/perfil/sessoes", "bruno", leave),
    "forgotten password": (lambda _house: "/senha/esquecida", None, leave),
    "expired link": (lambda _house: "/senha/nova?link=x", None, leave),
    "status": (lambda _house: "/status", None, leave),
    "reference": (lambda _house: "/docs", None, leave),
    "problem types": (lambda _house: "/problems", None, leave),
    "a problem type": (lambda _house: "/problems/bid-too-low", None, leave),
    "lot, open": (open_path, None, leave),
    "lot, leading": (bid_path, "carla", leave),
    "lot, outbid": (bid_path, "bruno", leave),
    "lot, own": (open_path, "ana", leave),
    "lot, last minute": (urgent_path, "bruno", leave),
    "lot, sold": (sold_path, "bruno", leave),
    "lot, cancelled": (cancelled_path, None, leave),
    "lot, with its report": (reported_path, None, leave),
    "lot, before its report": (unreported_path, None, leave),
    "console": (console_path, "rita", unfold),
    "console, empty": (lambda _house: "/administracao/agente?auction=00-nada", "rita", leave),
    "console, not for others": (lambda _house: "/administracao/agente", "bruno", leave),
    "outbox": (outbox_path, "rita", unfold),
    "records": (lambda _house: "/administracao/registro", "rita", leave),
    "ends": (lambda _house: "/administracao/leiloes", "rita", leave),
    "identity": (lambda _house: "/administracao/casa/identidade", "rita", leave),
    "identity, at fault": (
        lambda _house: "/administracao/casa/identidade",
        "rita",
        change_identity_badly,
    ),
    "a text of the house": (lambda _house: "/administracao/casa/textos/regras", "rita", leave),
    "about": (lambda _house: "/sobre", None, leave),
    "contact": (lambda _house: "/contato", None, leave),
    "privacy": (lambda _house: "/privacidade", None, leave),
    "help": (lambda _house: "/ajuda", None, leave),
    "rules": (lambda _house: "/regras", None, leave),
    "the house": (lambda _house: "/administracao/casa", "rita", leave),
    "the house, at fault": (lambda _house: "/administracao/casa", "rita", change_house_badly),
    "lot, unknown": (lambda _house: "/leiloes/00-nada", None, leave),
    "nowhere": (lambda _house: "/nada", None, leave),
}
"""What makes each page, who looks at it, and what is done there first."""


class TestEveryPage:
    @pytest.mark.parametrize("name", PAGES)
    def test_has_no_violation(self, house: House, visit: Visit, name: str) -> None:
        make, person, do = PAGES[name]
        # The status of a form at fault is the fault's, which the browser notes.
        page = visit(make(house), person, may_fail=True, viewport=PHONE, reduced_motion="reduce")
        do(page)

        expect(page.locator("h1")).to_be_visible()
        for theme, size in LOOKS:
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size(size)
            expect_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
