"""The agent's console, over a fake agent API."""

import re
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from fakes.agent_api import LOT, effect, outbox_email, outbox_post, post
from fakes.auctions_api import FakeHttp, page
from martelo.storefront.sessions.sessions import Person
from martelo.storefront.web.content_security import FRAMED_MAIL_POLICY, PAGE_POLICY

CONSOLE = "/administracao/agente"
OUTBOX = "/administracao/agente/saida"
EFFECTS = "/api/agent/effects"
KEPT = "/api/agent/outbox"
ADMINISTRATOR = ("buyer", "admin")
HOSTILE = "<img src=x onerror=alert(1)>\"'"
DECISIONS = {"reenviar": "resend", "chegou": "settle"}


class World(Protocol):
    http: FakeHttp

    def sign_in(self, client: Client, name: str = ..., roles: tuple[str, ...] = ...) -> Person: ...


@pytest.fixture
def http(world: World) -> FakeHttp:
    world.http.set("GET", EFFECTS, page(effect(), post()))
    world.http.set("GET", KEPT, page())
    return world.http


@pytest.fixture
def admin(client: Client, world: World, http: FakeHttp) -> Client:
    assert http is world.http
    world.sign_in(client, "Administração", ADMINISTRATOR)
    return client


def text_of(client: Client, address: str = CONSOLE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("http")
class TestAccess:
    @pytest.mark.parametrize("path", [CONSOLE, OUTBOX])
    def test_leads_strangers_to_the_sign_in(self, client: Client, path: str) -> None:
        answer = client.get(f"{path}?state=dead")

        assert answer.status_code == 303
        wanted = parse_qs(urlsplit(answer["Location"]).query)["next"]
        assert wanted == [f"{path}?state=dead"]

    @pytest.mark.parametrize("path", [CONSOLE, OUTBOX])
    def test_is_refused_to_everybody_else(self, client: Client, world: World, path: str) -> None:
        world.sign_in(client)

        answer = client.get(path)

        assert answer.status_code == 403
        assert "para os administradores" in answer.content.decode()
        assert world.http.calls == []

    @pytest.mark.parametrize("decision", DECISIONS)
    def test_lets_nobody_else_decide(self, client: Client, world: World, decision: str) -> None:
        path = f"{CONSOLE}/13/{decision}"
        assert client.post(path).status_code == 303
        world.sign_in(client)
        assert client.post(path).status_code == 403

        assert world.http.calls == []

    def test_is_in_the_menu_of_administrators_only(self, client: Client, world: World) -> None:
        assert CONSOLE not in client.get("/entrar").content.decode()
        world.sign_in(client)
        assert CONSOLE not in client.get("/perfil").content.decode()
        world.sign_in(client, roles=ADMINISTRATOR)
        assert CONSOLE in client.get("/perfil").content.decode()


class TestEffects:
    def test_are_read_for_who_looks(self, admin: Client, http: FakeHttp) -> None:
        text_of(admin)

        assert http.calls[0].headers["Authorization"].startswith("Bearer ")
        assert http.calls[0].query == {"limit": "20"}

    def test_show_what_became_of_them(self, admin: Client) -> None:
        shown = text_of(admin)

        assert f'href="/leiloes/{LOT}">Bolo de cenoura</a>' in shown
        for text in (
            "E-mail ao vencedor",
            "Enviado",
            "<dt>Provedor</dt><dd>Gemini</dd>",
            "gemini-2.5-flash",
            "900 lidos, 120 escritos",
            "US$\u00a00,00057",
            "1,5 s",
            "3 textos: amount, link",
            "O bolo é seu.",
            "Pode ter chegado",
            "ReadTimeout",
            "modelo fixo (sem IA)",
        ):
            assert text in shown, text

    def test_speak_english_too(self, admin: Client) -> None:
        answer = admin.get(CONSOLE, headers={"Accept-Language": "en"})

        assert "US$0.00057" in answer.content.decode()
        assert "fixed template (no AI)" in answer.content.decode()

    @pytest.mark.parametrize(
        ("asked", "query"),
        [
            ("state=parked", {"state": "unknown,dead"}),
            ("state=open&auction=07-abc", {"state": "pending,leased,retry", "auction": "07-abc"}),
            ("auction=http://localhost:8080/leiloes/07-abc/", {"auction": "07-abc"}),
            ("state=other&cursor=0x&auction=%00", {}),
            ("cursor=11", {"cursor": "11"}),
        ],
    )
    def test_are_limited_to_what_makes_sense(
        self, admin: Client, http: FakeHttp, asked: str, query: dict[str, str]
    ) -> None:
        text_of(admin, f"{CONSOLE}?{asked}")

        assert http.calls[0].query == {"limit": "20", **query}

    def test_go_on_where_the_page_ends(self, admin: Client, http: FakeHttp) -> None:
        http.set("GET", EFFECTS, page(effect(), next_cursor="12"))

        shown = text_of(admin, f"{CONSOLE}?state=done")

        assert f'href="{CONSOLE}?state=done&amp;cursor=12"' in shown

    @pytest.mark.parametrize(
        ("asked", "text"),
        [
            ("", "Assim que um leilão terminar"),
            ("?state=parked", "Nada espera por você."),
            ("?auction=07-abc", "Não há nada desse tipo."),
        ],
    )
    def test_may_be_none(self, admin: Client, http: FakeHttp, asked: str, text: str) -> None:
        http.set("GET", EFFECTS, page())

        assert text in text_of(admin, f"{CONSOLE}{asked}")

    def test_may_not_be_written_yet(self, admin: Client, http: FakeHttp) -> None:
        nothing = dict.fromkeys(("content", "written_by", "label", "channel", "note"))
        waiting = effect(state="pending", kind="email_seller", **nothing)
        http.set("GET", EFFECTS, page(waiting))

        assert "começa quando o relatório estiver escrito" in text_of(admin)

    def test_say_when_they_are_tried_again(self, admin: Client, http: FakeHttp) -> None:
        due = effect(state="retry", due_at="2026-01-31T12:05:00.000Z", note="451 later")
        http.set("GET", EFFECTS, page(due))

        shown = text_of(admin)

        assert "próxima tentativa 31 de jan., 09:05" in shown
        assert "451 later" in shown

    @pytest.mark.parametrize(
        ("note", "text"),
        [
            ("the house does not post such an end", "a casa não publica um fim como este"),
            ("waits: no answer", "espera: sem resposta"),
            ("waits: HTTP 401", "espera: HTTP 401"),
            ("HTTP 404: the webhook is gone", "HTTP 404: o webhook não existe mais"),
            ("451: try {later}", "451: try {later}"),
        ],
    )
    def test_show_what_the_last_attempt_came_to(
        self, admin: Client, http: FakeHttp, note: str, text: str
    ) -> None:
        http.set("GET", EFFECTS, page(effect(state="retry", note=note)))

        assert f"<code>{text}</code>" in text_of(admin)

    def test_show_who_decided(self, admin: Client, world: World, http: FakeHttp) -> None:
        own = world.sign_in(admin, roles=ADMINISTRATOR).account_id
        at = "2026-01-31T12:05:00.000Z"
        made = [
            {"action": "resend", "account_id": own, "at": at},
            {"action": "settle", "account_id": "{who.__class__}", "at": at},
        ]
        http.set("GET", EFFECTS, page(effect(interventions=made)))

        shown = text_of(admin)

        assert "Reenviado por você em 31 de jan., 09:05." in shown
        assert "Dado como recebido por {who.__class__} em" in shown

    def test_can_do_nothing_but_be_read(self, admin: Client, http: FakeHttp) -> None:
        content = dict.fromkeys(("title", "text", "link", "footer"), HOSTILE)
        rows = [{"name": HOSTILE, "value": HOSTILE}]
        hostile = post(
            auction_id=HOSTILE,
            lot_title=HOSTILE,
            note=HOSTILE,
            kind=HOSTILE,
            content={**content, "rows": rows},
            written_by={
                "source": HOSTILE,
                "provider": HOSTILE,
                "model": HOSTILE,
                "failure": HOSTILE,
            },
        )
        http.set("GET", EFFECTS, page(hostile))
        person = {"role": HOSTILE, "name": HOSTILE, "address": HOSTILE, "missing": HOSTILE}
        words = dict.fromkeys(("subject", "text", "html", "source", "message_id"), HOSTILE)
        mail = outbox_email(sender=person, recipient=person, **words)
        http.set("GET", KEPT, page({**outbox_post(payload=HOSTILE), **hostile}, mail))

        for address in (CONSOLE, OUTBOX, f"{CONSOLE}?auction={HOSTILE}"):
            shown = text_of(admin, address)
            assert "&lt;img src=x" in shown
            assert "<img src=x" not in shown
            for link in re.findall(r'(?:href|action)="([^"]*)"', shown):
                assert re.match(r"[/#](?!/)", link), link

    def test_are_missed_in_words_where_the_agent_is_down(
        self, admin: Client, http: FakeHttp
    ) -> None:
        http.answers.clear()

        for address in (CONSOLE, OUTBOX):
            answer = admin.get(address)
            assert answer.status_code == 503
            assert "O agente não responde agora" in answer.content.decode()


class TestDecisions:
    @pytest.mark.parametrize(
        ("changed", "decisions"),
        [
            ({"state": "unknown"}, {"reenviar", "chegou"}),
            ({"state": "dead"}, {"reenviar", "chegou"}),
            ({"state": "dead", "kind": "report"}, {"reenviar"}),
            ({"state": "retry"}, set()),
            ({"state": "leased"}, set()),
            ({"state": "done"}, set()),
            ({"state": "skipped"}, set()),
        ],
    )
    def test_are_offered_for_what_is_parked(
        self, admin: Client, http: FakeHttp, changed: dict[str, str], decisions: set[str]
    ) -> None:
        http.set("GET", EFFECTS, page(effect(**changed)))

        shown = text_of(admin)

        assert set(re.findall(rf'action="{CONSOLE}/12/(\w+)"', shown)) == decisions

    @pytest.mark.parametrize("decision", DECISIONS)
    def test_lead_back_to_the_list(self, admin: Client, http: FakeHttp, decision: str) -> None:
        http.set("POST", f"{EFFECTS}/13/{DECISIONS[decision]}", post(state="done"))
        back = f"{CONSOLE}?state=parked"

        answer = admin.post(f"{CONSOLE}/13/{decision}", {"next": back})

        assert (answer.status_code, answer["Location"]) == (303, back)
        assert http.calls[-1].headers["Authorization"].startswith("Bearer ")
        assert "success" in text_of(admin, back)

    def test_lead_nowhere_else(self, admin: Client, http: FakeHttp) -> None:
        http.set("POST", f"{EFFECTS}/13/resend", post(state="pending"))

        answer = admin.post(f"{CONSOLE}/13/reenviar", {"next": "https://mal.example/"})

        assert answer["Location"] == CONSOLE

    @pytest.mark.parametrize(
        ("slug", "status", "text"),
        [
            ("effect-not-parked", 409, "Isto já não espera decisão"),
            ("effect-not-found", 404, "Não existe esse relatório"),
            ("agent-unavailable", 503, "O agente não responde agora"),
        ],
    )
    def test_say_why_not(
        self, admin: Client, http: FakeHttp, slug: str, status: int, text: str
    ) -> None:
        http.refuse("POST", f"{EFFECTS}/13/settle", slug, status)

        admin.post(f"{CONSOLE}/13/chegou")
        shown = text_of(admin)

        assert text in shown
        assert "banner alarm" in shown

    def test_say_where_nobody_knows(self, admin: Client) -> None:
        admin.post(f"{CONSOLE}/13/reenviar")

        assert "Ainda não sabemos se deu certo" in text_of(admin)

    def test_need_the_form(self, world: World) -> None:
        client = Client(enforce_csrf_checks=True)
        world.sign_in(client, roles=ADMINISTRATOR)

        assert client.post(f"{CONSOLE}/13/reenviar").status_code == 403
        assert world.http.calls == []


class TestOutbox:
    def test_may_be_empty(self, admin: Client) -> None:
        assert "ficam guardados aqui" in text_of(admin, OUTBOX)

    def test_shows_an_email_as_it_would_be_sent(self, admin: Client, http: FakeHttp) -> None:
        http.set("GET", KEPT, page(outbox_email(), next_cursor="12"))

        shown = text_of(admin, OUTBOX)

        for text in (
            "Casa &lt;casa@leiloes.example&gt;",
            "Bruno Lima &lt;bruno@example.com&gt;",
            "quem venceu o lote",
            "Parabéns!",
            "&lt;0123@leiloes.example&gt;",
            "O bolo é seu.",
            "Subject: =?utf-8?q?Parab=C3=A9ns!?=",
            f'href="{OUTBOX}/12.eml"',
            "SMTP_HOST",
            f'href="{OUTBOX}?cursor=12"',
        ):
            assert text in shown, text

    def test_shows_its_html_in_a_frame_that_may_do_nothing(
        self, admin: Client, http: FakeHttp
    ) -> None:
        http.set("GET", KEPT, page(outbox_email(html=f"<p>Olá</p>{HOSTILE}")))

        answer = admin.get(OUTBOX)

        shown = answer.content.decode()
        frames = re.findall(r"<iframe ([^>]*)>", shown)
        assert len(frames) == 1
        assert re.search(r"\bsandbox (?!=)", frames[0])
        assert "&lt;p&gt;Olá&lt;/p&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;" in frames[0]
        assert "<img src=x" not in shown
        assert answer["Content-Security-Policy"] == FRAMED_MAIL_POLICY
        assert admin.get(CONSOLE)["Content-Security-Policy"] == PAGE_POLICY

    @pytest.mark.parametrize(
        ("changed", "text"),
        [
            ({"missing": "account-gone"}, "A conta não existe mais"),
            ({"missing": "accounts-unavailable"}, "Não dá para consultar o endereço agora."),
        ],
    )
    def test_says_why_there_is_no_address(
        self, admin: Client, http: FakeHttp, changed: dict[str, str], text: str
    ) -> None:
        recipient = {"role": "seller", "name": "Ana Souza", "address": None, **changed}
        sender = {"name": None, "address": None}
        mail = outbox_email(recipient=recipient, sender=sender, message_id=None, source=None)
        http.set("GET", KEPT, page(mail))

        shown = text_of(admin, OUTBOX)

        for item in (text, "Ana Souza", "quem vendeu o lote", "MAIL_FROM", "O bolo é seu."):
            assert item in shown, item
        assert ".eml" not in shown

    def test_shows_a_post_with_its_json(self, admin: Client, http: FakeHttp) -> None:
        http.set("GET", KEPT, page(outbox_post()))

        shown = text_of(admin, OUTBOX)

        assert "Arrematado" in shown
        assert "&quot;allowed_mentions&quot;: {" in shown

    def test_says_that_a_text_is_forgotten(self, admin: Client, http: FakeHttp) -> None:
        forgotten = {**outbox_email(), "content": None, "message": None}
        http.set("GET", KEPT, page(forgotten))

        assert "O texto foi esquecido" in text_of(admin, OUTBOX)


def in_language(item: dict[str, Any], language: str | None) -> dict[str, Any]:
    return {**item, "written_by": {**item["written_by"], "language": language}}


class TestLanguage:
    @pytest.mark.parametrize(
        ("item", "marked"),
        [
            (outbox_email(), ["dd", "div", "p"]),
            (outbox_post(), ["dd", "div", "dl", "p"]),
        ],
    )
    def test_of_texts_is_marked_where_it_is_not_the_pages(
        self, admin: Client, http: FakeHttp, item: dict[str, Any], marked: list[str]
    ) -> None:
        http.set("GET", KEPT, page(in_language(item, "en")))

        assert (
            sorted(re.findall(r'<(dd|div|dl|p)[^>]* lang="en"', text_of(admin, OUTBOX))) == marked
        )

    def test_is_marked_in_the_console_too(self, admin: Client, http: FakeHttp) -> None:
        http.set("GET", EFFECTS, page(in_language(effect(), "en")))

        assert '<div class="letter" lang="en">Olá, Bruno.' in text_of(admin)

    @pytest.mark.parametrize("language", ["pt-BR", None])
    def test_is_not_marked_where_it_is_the_pages_or_not_known(
        self, admin: Client, http: FakeHttp, language: str | None
    ) -> None:
        http.set("GET", KEPT, page(in_language(outbox_email(), language)))
        http.set("GET", EFFECTS, page(in_language(effect(), language)))

        for address in (CONSOLE, OUTBOX):
            shown = text_of(admin, address)
            assert '<div class="letter">' in shown
            assert "<dd lang=" not in shown


class TestMessage:
    def test_is_a_file(self, admin: Client, http: FakeHttp) -> None:
        http.set("GET", f"{KEPT}/12/message", {"as": "sent"})

        answer = admin.get(f"{OUTBOX}/12.eml")

        assert answer["Content-Type"] == "message/rfc822"
        assert answer["Content-Disposition"] == 'attachment; filename="martelo-12.eml"'
        assert answer.content == b'{"as":"sent"}'
        assert http.calls[-1].headers["Authorization"].startswith("Bearer ")

    @pytest.mark.parametrize(
        ("slug", "status", "text"),
        [
            ("message-not-kept", 404, "não está na caixa de saída"),
            ("recipient-gone", 409, "A conta não existe mais"),
            ("recipient-unavailable", 503, "Não dá para consultar o endereço agora. Tente"),
        ],
    )
    def test_may_not_be_had(
        self, admin: Client, http: FakeHttp, slug: str, status: int, text: str
    ) -> None:
        http.refuse("GET", f"{KEPT}/12/message", slug, status)

        answer = admin.get(f"{OUTBOX}/12.eml")

        assert (answer.status_code, answer["Location"]) == (303, OUTBOX)
        assert text in text_of(admin, OUTBOX)

    def test_is_for_administrators(self, client: Client, world: World) -> None:
        world.sign_in(client)

        assert client.get(f"{OUTBOX}/12.eml").status_code == 403
        assert world.http.calls == []
