"""The agent's pages: a lot's report, the console and its outbox, the house's settings."""

import secrets
from email import message_from_bytes
from email.policy import default
from html import escape

import pytest
from playwright.sync_api import Locator, expect

from browser.agent_records import SUMMARY, TITLE, record_end, store_effects, write_report
from browser.conftest import Visit
from browser.house import House
from fakes.ended_auctions import sold
from martelo.agent.domain.guarding.cleaning import clean
from martelo.agent.domain.letters import MessageDetails, compose_letter
from martelo.agent.domain.texts import Kind, WinnerEmail
from martelo.storefront.clients.reports import CACHED_S

HOSTILE = "<img src=x onerror=window.__pwned='agent'><script>window.__pwned=1</script>"
COMING = "O relatório está sendo escrito."


def buy(house: House, lot: str) -> None:
    house.call("POST", f"/auction/{lot}/buy-now", {}, "bruno")


def sellable(house: House) -> str:
    lot = house.open_lot(buy_now_price="900.00")
    record_end(house, lot)
    return lot


def card(state: str) -> str:
    return f".effect:has(.badge.{state})"


def unfold(shown: Locator) -> None:
    for fold in shown.locator("details").all():
        fold.evaluate("each => { each.open = true; }")


class TestReport:
    def test_comes_to_who_watched_the_end(self, house: House, visit: Visit) -> None:
        lot = sellable(house)
        page = visit(f"/leiloes/{lot}", "carla")
        expect(page.locator('[data-slot="feed"]')).to_have_attribute("data-state", "live")

        buy(house, lot)

        expect(page.locator('[data-slot="report"]')).to_contain_text(COMING)
        write_report(house, lot, summary=f"{SUMMARY}\n\n{HOSTILE}")
        expect(page.locator("#report-title")).to_have_text(TITLE)
        expect(page.locator(".report-text")).to_contain_text("<img src=x")
        expect(page.locator(".report-text img")).to_have_count(0)
        expect(page.locator(".written")).to_contain_text("modelo fixo (sem IA)")
        expect(page.locator('[data-slot="announcer"]')).to_contain_text("O relatório deste leilão")

    def test_comes_to_who_opens_the_page_too_soon(self, house: House, visit: Visit) -> None:
        lot = sellable(house)
        buy(house, lot)
        page = visit(f"/leiloes/{lot}")
        expect(page.locator(".report-coming")).to_have_text(COMING)

        write_report(house, lot)

        expect(page.locator("#report-title")).to_have_text(TITLE)

    def test_needs_no_script(self, house: House, visit: Visit) -> None:
        lot = sellable(house)
        buy(house, lot)
        page = visit(f"/leiloes/{lot}", has_script=False)
        write_report(house, lot)

        # For so long the same answer is sent again.
        page.wait_for_timeout(CACHED_S * 1_000)
        page.click(".report-coming a")

        expect(page.locator("#report-title")).to_have_text(TITLE)


class TestConsole:
    @pytest.mark.parametrize("has_script", [True, False])
    def test_takes_decisions(self, house: House, visit: Visit, *, has_script: bool) -> None:
        auction = store_effects(house)
        page = visit("/", "rita", has_script=has_script)
        page.click(".menu >> text=Gestão")
        page.fill("#field-auction", auction)
        page.click("text=Mostrar")
        expect(page.locator(".effect")).to_have_count(4)
        page.click("text=Esperando você")
        expect(page.locator(".effect")).to_have_count(2)

        page.click(f"{card('unknown')} >> text=Já chegou…")
        page.click("text=Sim, já chegou")
        expect(page.locator(".success")).to_have_text("Anotado: já chegou.")
        expect(page.locator(".effect")).to_have_count(1)
        page.click(f"{card('dead')} >> text=Enviar de novo…")
        page.click("text=Sim, enviar de novo")

        expect(page.locator(".success")).to_have_text("Está sendo enviado de novo.")
        expect(page.locator("main")).to_contain_text("Nada espera por você.")
        page.goto(f"/administracao/agente?auction={auction}")
        page.click(f"{card('done')} >> text=Detalhes")
        expect(page.locator(".decisions").first).to_contain_text("por você")

    def test_does_nothing_that_a_text_says(self, house: House, visit: Visit) -> None:
        auction = store_effects(house, HOSTILE, HOSTILE)

        page = visit(f"/administracao/agente?auction={auction}", "rita")
        expect(page.locator(".effect h2").first).to_have_text(HOSTILE)
        expect(page.locator(".last-answer").first).to_contain_text(HOSTILE)
        page.goto("/administracao/agente/saida")

        kept = page.locator(".effect", has_text=HOSTILE).first
        expect(kept.locator("h2")).to_have_text(HOSTILE)

    def test_shows_what_would_have_been_sent(self, house: House, visit: Visit) -> None:
        title = f"Relógio {secrets.token_hex(4)}"
        store_effects(house, title)

        page = visit("/administracao/agente/saida", "rita")

        mail = page.locator(".effect", has_text=title).filter(has_text="E-mail ao vencedor")
        unfold(mail)
        expect(mail.locator(".letter")).to_contain_text("Olá, Bruno.")
        expect(mail.locator(".envelope")).to_contain_text("quem venceu o lote")
        expect(mail.locator(".envelope")).to_contain_text("bruno@example.com")
        expect(mail.frame_locator("iframe").locator("p")).to_have_text("Olá, Bruno.")
        expect(mail.locator(".source")).to_contain_text("bruno@example.com")
        with page.expect_download() as begun:
            mail.locator("text=Abrir num programa de e-mail").click()
        assert begun.value.suggested_filename.endswith(".eml")
        sent = message_from_bytes(begun.value.path().read_bytes(), policy=default)
        assert sent["To"].addresses[0].addr_spec == "bruno@example.com"
        post = page.locator(".effect", has_text=title).filter(has_text="Post no Discord")
        unfold(post)
        expect(post.locator(".source")).to_contain_text('"allowed_mentions"')

    def test_shows_html_that_can_do_nothing(self, house: House, visit: Visit) -> None:
        title = f"Relógio {secrets.token_hex(4)}"
        store_effects(house, title, html=f"<p>{escape(HOSTILE)}</p>")
        page = visit("/administracao/agente/saida", "rita")
        mail = page.locator(".effect", has_text=title).filter(has_text="E-mail ao vencedor")
        unfold(mail)
        framed = mail.frame_locator("iframe").locator("body")
        expect(framed).to_contain_text(HOSTILE)
        assert framed.evaluate("() => window.origin") == "null"

    @pytest.mark.parametrize(
        ("scheme", "ink"), [("light", "rgb(0, 0, 0)"), ("dark", "rgb(255, 255, 255)")]
    )
    def test_shows_html_as_its_reader_sees_it(
        self, house: House, visit: Visit, scheme: str, ink: str
    ) -> None:
        title = f"Relógio {secrets.token_hex(4)}"
        congratulation = WinnerEmail("Parabéns", "Olá, Bruno.")
        now = MessageDetails("https://leiloes.example/x", "modelo fixo (sem IA)", 1)
        mail = compose_letter(Kind.EMAIL_WINNER, congratulation, clean(sold()), None, now)
        store_effects(house, title, html=mail.html)

        page = visit("/administracao/agente/saida", "rita", color_scheme=scheme)

        kept = page.locator(".effect", has_text=title).filter(has_text="E-mail ao vencedor")
        unfold(kept)
        framed = kept.frame_locator("iframe")
        button = framed.locator("td", has=framed.locator("a")).last
        expect(button).to_have_css("background-color", "rgb(176, 69, 45)")
        expect(framed.locator("body")).to_have_css("color", ink)
        expect(framed.locator("table table").first).to_have_css("max-width", "600px")


class TestHouse:
    def test_keeps_what_was_chosen(self, visit: Visit) -> None:
        page = visit("/administracao/casa", "rita")
        page.fill("#field-sender_name", "Casa de Leilões")
        page.select_option("#field-tone", "plain")
        page.check("#field-posts_unsold")

        page.click("text=Salvar")

        expect(page.locator(".success")).to_be_visible()
        expect(page.locator("#field-sender_name")).to_have_value("Casa de Leilões")
        expect(page.locator("#field-tone")).to_have_value("plain")
        expect(page.locator("#field-posts_unsold")).to_be_checked()
