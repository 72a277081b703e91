"""Every path of the storefront: the one place that looks up what `django_setup.py` built."""

from django.conf import settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from martelo.accounts.api.views import AccountsApi
from martelo.runtime.django.documents import document_view
from martelo.runtime.django.methods import View, methods
from martelo.storefront.administration.agent_views import AgentViews
from martelo.storefront.administration.auction_views import AuctionViews
from martelo.storefront.administration.document_views import DocumentViews
from martelo.storefront.administration.house_views import HouseViews
from martelo.storefront.administration.identity_views import IdentityViews
from martelo.storefront.administration.record_views import RecordViews
from martelo.storefront.dependencies import Dependencies
from martelo.storefront.house.views import HousePages
from martelo.storefront.lot_page.views import LotViews
from martelo.storefront.lots.views import ListViews
from martelo.storefront.people.account_views import AccountViews
from martelo.storefront.people.data_views import DataViews
from martelo.storefront.people.email_views import EmailViews
from martelo.storefront.people.first_views import FirstAdministratorViews
from martelo.storefront.people.key_views import KeyViews
from martelo.storefront.people.my_page_views import MyPageViews
from martelo.storefront.people.password_views import PasswordViews
from martelo.storefront.people.session_views import SessionViews
from martelo.storefront.reference.views import ReferenceViews
from martelo.storefront.selling.views import SellingViews
from martelo.storefront.status.views import StatusViews
from martelo.storefront.web.language import choose_language

# Django imports this module by name, so they cannot come as an argument.
_dependencies: Dependencies = settings.DEPENDENCIES
_accounts = AccountsApi(_dependencies.accounts)
_reference = ReferenceViews(_dependencies)
_status = StatusViews(_dependencies)
_browsing = ListViews(_dependencies)
_bidding = LotViews(_dependencies)
_entry = AccountViews(_dependencies)
_keys = KeyViews(_dependencies)
_passwords = PasswordViews(_dependencies)
_emails = EmailViews(_dependencies)
_sessions = SessionViews(_dependencies)
_data = DataViews(_dependencies)
_first = FirstAdministratorViews(_dependencies)
_own = MyPageViews(_dependencies)
_selling = SellingViews(_dependencies)
_console = AgentViews(_dependencies)
_ends = AuctionViews(_dependencies)
_records = RecordViews(_dependencies)
_house = HouseViews(_dependencies)
_identity = IdentityViews(_dependencies)
_documents = DocumentViews(_dependencies)
_about = HousePages(_dependencies)

handler400 = "martelo.storefront.web.edge.bad_request"
handler404 = "martelo.storefront.web.edge.not_found"
handler500 = "martelo.storefront.web.edge.server_error"


def _api(**views: View) -> View:
    """Return a view for programs: they prove themselves with a token, never with a cookie."""
    return csrf_exempt(methods(**views))


urlpatterns = [
    path("", methods(GET=_browsing.home)),
    path("leiloes", methods(GET=_browsing.lots)),
    path("leiloes/<auction_id>", methods(GET=_bidding.show)),
    path("leiloes/<auction_id>/lance", methods(POST=_bidding.bid)),
    path("leiloes/<auction_id>/comprar", methods(POST=_bidding.buy)),
    path("leiloes/<auction_id>/prorrogar", methods(POST=_bidding.extend)),
    path("leiloes/<auction_id>/anular-lances", methods(POST=_bidding.void)),
    path("ao-vivo/bilhete", methods(GET=_bidding.ticket)),
    path("leiloes/<auction_id>/editar", methods(GET=_selling.show_edit, POST=_selling.edit)),
    path("leiloes/<auction_id>/cancelar", methods(GET=_selling.show_cancel, POST=_selling.cancel)),
    path("vender", methods(GET=_selling.show, POST=_selling.send)),
    path("minha-pagina", methods(GET=_own.show)),
    path("entrar", methods(GET=_entry.show_sign_in, POST=_entry.sign_in)),
    path("cadastro", methods(GET=_entry.show_register, POST=_entry.register)),
    path("cadastro/enviado", methods(GET=_entry.show_sent)),
    path("email/confirmar", methods(GET=_emails.show_confirmation, POST=_emails.confirm)),
    path("email/reenviar", methods(POST=_emails.resend)),
    path("primeiro-administrador", methods(GET=_first.show, POST=_first.appoint)),
    path("sair", methods(POST=_entry.sign_out)),
    path("senha/esquecida", methods(GET=_passwords.show_forgotten, POST=_passwords.send_link)),
    path("senha/nova", methods(GET=_passwords.show_new, POST=_passwords.choose)),
    path("perfil", methods(GET=_entry.show_profile, POST=_entry.change_profile)),
    path("perfil/email", methods(GET=_emails.show, POST=_emails.change)),
    path("perfil/sessoes", methods(GET=_sessions.show, POST=_sessions.end)),
    path("perfil/dados", methods(GET=_data.show, POST=_data.close)),
    path("perfil/dados/exportar", methods(GET=_data.export)),
    path("perfil/chaves", methods(GET=_keys.show, POST=_keys.make)),
    path("perfil/chaves/revogar", methods(POST=_keys.revoke)),
    path("administracao/agente", methods(GET=_console.show)),
    path("administracao/agente/saida", methods(GET=_console.show_outbox)),
    path("administracao/agente/saida/<effect_id>.eml", methods(GET=_console.send_message)),
    path("administracao/agente/<effect_id>/reenviar", methods(POST=_console.resend)),
    path("administracao/agente/<effect_id>/chegou", methods(POST=_console.settle)),
    path("administracao/casa", methods(GET=_house.show, POST=_house.change)),
    path("administracao/registro", methods(GET=_records.show, POST=_records.show_access)),
    path("administracao/leiloes", methods(GET=_ends.show, POST=_ends.extend_all)),
    path(
        "administracao/leiloes/interrupcoes/<outage_id>/prorrogar",
        methods(POST=_ends.extend_after_outage),
    ),
    path("administracao/leiloes/interrupcoes/<outage_id>/dispensar", methods(POST=_ends.dismiss)),
    path("administracao/casa/identidade", methods(GET=_identity.show, POST=_identity.change)),
    path("administracao/casa/logo", methods(POST=_identity.change_logo)),
    path(
        "administracao/casa/textos/<name>",
        methods(GET=_documents.show, POST=_documents.publish),
    ),
    path("casa/cores.css", methods(GET=_about.style)),
    path("casa/logo.webp", methods(GET=_about.logo)),
    path("sobre", methods(GET=_about.about)),
    path("contato", methods(GET=_about.contact)),
    path("privacidade", methods(GET=_about.privacy)),
    path("ajuda", methods(GET=_about.help)),
    path("regras", methods(GET=_about.rules, POST=_about.accept_rules)),
    path("status", methods(GET=_status.status)),
    path("docs", methods(GET=_reference.docs)),
    path("problems", methods(GET=_reference.problem_types)),
    path("problems/<slug>", methods(GET=_reference.problem_type)),
    path("idioma", methods(POST=choose_language)),
    path("openapi.json", _api(GET=document_view(_dependencies.contracts.own))),
    path("openapi/accounts.json", _api(GET=document_view(_dependencies.contracts.own))),
    path("problems.json", _api(GET=document_view(_dependencies.contracts.all_problems))),
    path("healthz", _api(GET=_status.healthz)),
    path("readyz", _api(GET=_status.readyz)),
    path("metrics", _api(GET=_status.metrics)),
    path("api/auth/register", _api(POST=_accounts.register)),
    path("api/auth/token", _api(POST=_accounts.token)),
    path("api/auth/refresh", _api(POST=_accounts.refresh)),
    path("api/auth/logout", _api(POST=_accounts.logout)),
    path("api/auth/password/forgot", _api(POST=_accounts.forgot_password)),
    path("api/auth/password/reset", _api(POST=_accounts.reset_password)),
    path("api/auth/email", _api(POST=_accounts.change_email)),
    path("api/auth/email/confirm", _api(POST=_accounts.confirm_email)),
    path("api/auth/email/resend", _api(POST=_accounts.resend_confirmation)),
    path("api/auth/terms", _api(GET=_accounts.show_terms, POST=_accounts.accept_terms)),
    path(
        "api/auth/me",
        _api(GET=_accounts.show_me, PATCH=_accounts.change_me, DELETE=_accounts.close_me),
    ),
    path("api/auth/me/export", _api(GET=_accounts.export_me)),
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
