import json
import re

import msgspec
import pytest
from django.test import Client

from martelo.accounts.api.openapi import load_openapi

PAGES = {
    "/": {"GET"},
    "/docs": {"GET"},
    "/status": {"GET"},
    "/problems": {"GET"},
    "/problems/{slug}": {"GET"},
    "/idioma": {"POST"},
    "/leiloes": {"GET"},
    "/leiloes/{auction_id}": {"GET"},
    "/leiloes/{auction_id}/lance": {"POST"},
    "/leiloes/{auction_id}/comprar": {"POST"},
    "/leiloes/{auction_id}/prorrogar": {"POST"},
    "/leiloes/{auction_id}/anular-lances": {"POST"},
    "/leiloes/{auction_id}/editar": {"GET", "POST"},
    "/leiloes/{auction_id}/cancelar": {"GET", "POST"},
    "/vender": {"GET", "POST"},
    "/minha-pagina": {"GET"},
    "/ao-vivo/bilhete": {"GET"},
    "/entrar": {"GET", "POST"},
    "/cadastro": {"GET", "POST"},
    "/cadastro/enviado": {"GET"},
    "/email/confirmar": {"GET", "POST"},
    "/email/reenviar": {"POST"},
    "/perfil/email": {"GET", "POST"},
    "/primeiro-administrador": {"GET", "POST"},
    "/sair": {"POST"},
    "/senha/esquecida": {"GET", "POST"},
    "/senha/nova": {"GET", "POST"},
    "/perfil": {"GET", "POST"},
    "/perfil/dados": {"GET", "POST"},
    "/perfil/dados/exportar": {"GET"},
    "/perfil/chaves": {"GET", "POST"},
    "/perfil/chaves/revogar": {"POST"},
    "/perfil/sessoes": {"GET", "POST"},
    "/administracao/agente": {"GET"},
    "/administracao/agente/saida": {"GET"},
    "/administracao/agente/saida/{effect_id}.eml": {"GET"},
    "/administracao/agente/{effect_id}/reenviar": {"POST"},
    "/administracao/agente/{effect_id}/chegou": {"POST"},
    "/administracao/registro": {"GET", "POST"},
    "/administracao/leiloes": {"GET", "POST"},
    "/administracao/leiloes/interrupcoes/{outage_id}/prorrogar": {"POST"},
    "/administracao/leiloes/interrupcoes/{outage_id}/dispensar": {"POST"},
    "/administracao/casa": {"GET", "POST"},
    "/administracao/casa/identidade": {"GET", "POST"},
    "/administracao/casa/logo": {"POST"},
    "/administracao/casa/textos/{name}": {"GET", "POST"},
    "/casa/cores.css": {"GET"},
    "/casa/logo.webp": {"GET"},
    "/sobre": {"GET"},
    "/contato": {"GET"},
    "/privacidade": {"GET"},
    "/ajuda": {"GET"},
    "/regras": {"GET", "POST"},
}
"""What people see, and with which methods; everything else is in the contract."""


@pytest.fixture
def contract() -> dict[str, object]:
    return dict(load_openapi())


def declared_methods(contract: dict[str, object]) -> dict[str, set[str]]:
    paths = contract["paths"]
    assert isinstance(paths, dict)
    return {path: {method.upper() for method in item} for path, item in paths.items()}


class TestEveryRoute:
    def test_is_in_the_contract_with_its_methods(
        self, client: Client, contract: dict[str, object]
    ) -> None:
        # Django must be set up before its paths can be imported.
        from martelo.storefront.urls import urlpatterns  # noqa: PLC0415

        served = {}
        for pattern in urlpatterns:
            path = "/" + re.sub(r"<(\w+)>", r"{\1}", str(pattern.pattern))
            refused = client.generic("BREW", re.sub(r"[{}]", "", path))
            assert refused.status_code == 405
            served[path] = set(refused["Allow"].split(", ")) - {"HEAD"}

        for page, allowed in PAGES.items():
            assert served.pop(page) == allowed
        assert served == declared_methods(contract)


class TestEveryForm:
    def test_is_protected_and_no_api_is(self, client: Client) -> None:
        assert client is not None
        from martelo.storefront.urls import urlpatterns  # noqa: PLC0415

        exempt = {
            "/" + str(pattern.pattern)
            for pattern in urlpatterns
            if getattr(pattern.callback, "csrf_exempt", False)
        }

        # Programs prove themselves with tokens; a form is known by its own.
        probes = {"healthz", "readyz", "metrics", "openapi", "openapi.json", "problems.json"}
        known = {"api", ".well-known", "internal"} | probes
        assert {path.split("/")[1] for path in exempt} == known


class TestEveryBody:
    def test_has_the_fields_of_its_schema(self, client: Client) -> None:
        # Django must be set up before models can be imported.
        from martelo.accounts.api import views  # noqa: PLC0415

        schemas = json.loads(client.get("/openapi.json").content)["components"]["schemas"]
        for shape in (
            views.Registration,
            views.Credentials,
            views.RefreshToken,
            views.KeyRequest,
            views.ProfileChange,
            views.ForgottenPassword,
            views.PasswordReset,
            views.PresentedKey,
        ):
            schema = schemas[shape.__name__]
            fields = msgspec.structs.fields(shape)
            assert {each.name for each in fields} == set(schema["properties"])
            assert {each.name for each in fields if each.required} == set(
                schema.get("required", ())
            )
