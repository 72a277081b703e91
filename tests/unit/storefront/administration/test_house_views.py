"""The house's settings as far as no database is asked; the rest is an integration test."""

from typing import Protocol

import pytest
from django.test import Client

from martelo.storefront.sessions.sessions import Person

PAGE = "/administracao/casa"
TYPED = {
    "name": "Casa",
    "sender_name": "Leilões",
    "language": "en",
    "tone": "plain",
    "winner_naming": "masked",
    "who_may_sell": "approved",
    "posts_unsold": "1",
}


class World(Protocol):
    def sign_in(self, client: Client, name: str = ..., roles: tuple[str, ...] = ...) -> Person: ...


@pytest.fixture
def admin(client: Client, world: World) -> Client:
    world.sign_in(client, roles=("buyer", "admin"))
    return client


class TestAccess:
    def test_is_for_administrators(self, client: Client, world: World) -> None:
        assert client.get(PAGE).status_code == 303
        assert client.post(PAGE, TYPED).status_code == 303

        world.sign_in(client)

        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, TYPED).status_code == 403


class TestChange:
    @pytest.mark.parametrize(
        ("field", "typed", "text"),
        [
            ("name", "", "Preencha este campo."),
            ("sender_name", "x" * 81, "Escreva no máximo 80 caracteres."),
            ("sender_name", "Casa\r\nBcc: x", "Apague os caracteres invisíveis deste texto."),
            ("name", "\u200b", "Escreva pelo menos um caractere visível."),
            ("language", "fi", "Escolha uma opção da lista."),
            ("tone", "<b>", "Escolha uma opção da lista."),
            ("winner_naming", "", "Escolha uma opção da lista."),
        ],
    )
    def test_is_refused_beside_the_field(
        self, admin: Client, field: str, typed: str, text: str
    ) -> None:
        answer = admin.post(PAGE, {**TYPED, field: typed})

        shown = answer.content.decode()
        assert answer.status_code == 400
        assert f'id="field-{field}-fault">{text}' in shown
        assert 'id="field-posts_unsold" checked' in shown
        assert 'id="field-posts_sold" checked' not in shown

    def test_is_not_lost_where_it_cannot_be_saved(self, admin: Client) -> None:
        answer = admin.post(PAGE, TYPED)

        shown = answer.content.decode()
        assert answer.status_code == 503
        assert "não podem ser guardadas agora" in shown
        assert 'value="Leilões"' in shown
        assert 'value="masked" selected' in shown

    def test_needs_the_form(self, world: World) -> None:
        client = Client(enforce_csrf_checks=True)
        world.sign_in(client, roles=("admin",))

        assert client.post(PAGE, TYPED).status_code == 403


class TestShow:
    def test_says_that_a_part_is_down(self, admin: Client) -> None:
        answer = admin.get(PAGE)

        assert answer.status_code == 503
        assert "Retry-After" in answer
