"""What several routes do with a request."""

from martelo.catalog.domain.products import Seller
from martelo.runtime.flask.api import ADMIN
from martelo.runtime.identity.tokens import Identity

SELL_SCOPE = "sell"


def seller_of(identity: Identity) -> Seller:
    """Return the caller as the rules know sellers."""
    return Seller(identity.account_id, identity.name)


def is_admin(identity: Identity) -> bool:
    """Return whether an administrator calls; one's API key never acts as one."""
    return ADMIN in identity.roles and identity.scopes is None
