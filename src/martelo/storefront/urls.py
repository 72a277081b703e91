"""Every path of the storefront: the one place that looks up what `main.py` built."""

from django.conf import settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from martelo.storefront.accounts.views import AccountsApi
from martelo.storefront.methods import View, methods
from martelo.storefront.pages.bidding import Bidding
from martelo.storefront.pages.browsing import Browsing
from martelo.storefront.pages.console import Console
from martelo.storefront.pages.entry import Entry
from martelo.storefront.pages.house_page import HousePage
from martelo.storefront.pages.language import choose_language
from martelo.storefront.pages.own import OwnPages
from martelo.storefront.pages.selling import Selling
from martelo.storefront.pages.views import Pages
from martelo.storefront.parts import Parts

# Django imports this module by name, so the parts cannot come as an argument.
_parts: Parts = settings.PARTS
_accounts = AccountsApi(_parts)
_pages = Pages(_parts)
_browsing = Browsing(_parts)
_bidding = Bidding(_parts)
_entry = Entry(_parts)
_own = OwnPages(_parts)
_selling = Selling(_parts)
_console = Console(_parts)
_house = HousePage()

handler400 = "martelo.storefront.edge.bad_request"
handler404 = "martelo.storefront.edge.not_found"
handler500 = "martelo.storefront.edge.server_error"


def _api(**views: View) -> View:
    """Return a view for programs: they prove themselves with a token, never with a cookie."""
    return csrf_exempt(methods(**views))


urlpatterns = [
    path("", methods(GET=_browsing.home)),
    path("leiloes", methods(GET=_browsing.lots)),
    path("leiloes/<auction_id>", methods(GET=_bidding.show)),
    path("leiloes/<auction_id>/lance", methods(POST=_bidding.bid)),
    path("leiloes/<auction_id>/comprar", methods(POST=_bidding.buy)),
    path("ao-vivo/bilhete", methods(GET=_bidding.ticket)),
    path("leiloes/<auction_id>/editar", methods(GET=_selling.show_edit, POST=_selling.edit)),
    path("leiloes/<auction_id>/cancelar", methods(GET=_selling.show_cancel, POST=_selling.cancel)),
    path("vender", methods(GET=_selling.show, POST=_selling.send)),
    path("minha-pagina", methods(GET=_own.show)),
    path("entrar", methods(GET=_entry.show_sign_in, POST=_entry.sign_in)),
    path("cadastro", methods(GET=_entry.show_register, POST=_entry.register)),
    path("sair", methods(POST=_entry.sign_out)),
    path("perfil", methods(GET=_entry.show_profile, POST=_entry.change_profile)),
    path("administracao/agente", methods(GET=_console.show)),
    path("administracao/agente/saida", methods(GET=_console.show_outbox)),
    path("administracao/agente/saida/<effect_id>.eml", methods(GET=_console.send_message)),
    path("administracao/agente/<effect_id>/reenviar", methods(POST=_console.resend)),
    path("administracao/agente/<effect_id>/chegou", methods(POST=_console.settle)),
    path("administracao/casa", methods(GET=_house.show, POST=_house.change)),
    path("status", methods(GET=_pages.status)),
    path("docs", methods(GET=_pages.docs)),
    path("problems", methods(GET=_pages.problem_types)),
    path("problems/<slug>", methods(GET=_pages.problem_type)),
    path("idioma", methods(POST=choose_language)),
    path("openapi.json", _api(GET=_pages.contract)),
    path("openapi/accounts.json", _api(GET=_pages.contract)),
    path("healthz", _api(GET=_pages.healthz)),
    path("readyz", _api(GET=_pages.readyz)),
    path("metrics", _api(GET=_pages.metrics)),
    path("api/auth/register", _api(POST=_accounts.register)),
    path("api/auth/token", _api(POST=_accounts.token)),
    path("api/auth/refresh", _api(POST=_accounts.refresh)),
    path("api/auth/logout", _api(POST=_accounts.logout)),
    path("api/auth/me", _api(GET=_accounts.show_me, PATCH=_accounts.change_me)),
    path(
        "api/auth/keys",
        _api(GET=_accounts.list_keys, POST=_accounts.create_key, DELETE=_accounts.revoke_keys),
    ),
    path("api/auth/keys/<prefix>", _api(DELETE=_accounts.revoke_key)),
    path(".well-known/jwks.json", _api(GET=_accounts.jwks)),
    path("internal/keys/exchange", _api(POST=_accounts.exchange_key)),
    path("internal/accounts/<account_id>/contact", _api(GET=_accounts.contact)),
    path("internal/house", _api(GET=_accounts.house)),
]
