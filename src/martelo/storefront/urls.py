"""Every path of the storefront: the one place that looks up what `main.py` built."""

from django.conf import settings
from django.urls import path

from martelo.storefront.accounts.views import AccountsApi
from martelo.storefront.methods import methods
from martelo.storefront.pages.views import Pages
from martelo.storefront.parts import Parts

# Django imports this module by name, so the parts cannot come as an argument.
_parts: Parts = settings.PARTS
_accounts = AccountsApi(_parts)
_pages = Pages(_parts)

handler400 = "martelo.storefront.edge.bad_request"
handler404 = "martelo.storefront.edge.not_found"
handler500 = "martelo.storefront.edge.server_error"

urlpatterns = [
    path("", methods(GET=_pages.home)),
    path("docs", methods(GET=_pages.docs)),
    path("openapi.json", methods(GET=_pages.contract)),
    path("openapi/accounts.json", methods(GET=_pages.contract)),
    path("healthz", methods(GET=_pages.healthz)),
    path("readyz", methods(GET=_pages.readyz)),
    path("metrics", methods(GET=_pages.metrics)),
    path("api/auth/register", methods(POST=_accounts.register)),
    path("api/auth/token", methods(POST=_accounts.token)),
    path("api/auth/refresh", methods(POST=_accounts.refresh)),
    path("api/auth/logout", methods(POST=_accounts.logout)),
    path("api/auth/me", methods(GET=_accounts.show_me, PATCH=_accounts.change_me)),
    path(
        "api/auth/keys",
        methods(GET=_accounts.list_keys, POST=_accounts.create_key, DELETE=_accounts.revoke_keys),
    ),
    path("api/auth/keys/<prefix>", methods(DELETE=_accounts.revoke_key)),
    path(".well-known/jwks.json", methods(GET=_accounts.jwks)),
    path("internal/keys/exchange", methods(POST=_accounts.exchange_key)),
    path("internal/accounts/<account_id>/contact", methods(GET=_accounts.contact)),
]
