"""What a person must be to trade, as their token says it."""

from martelo.kernel.refusal import Refusal
from martelo.runtime.identity.tokens import Identity


class EmailUnconfirmed(Refusal):
    """The person has not confirmed their e-mail address, and the house requires it."""

    slug = "email-unconfirmed"


class SellingNotAllowed(Refusal):
    """The house lets only some people sell, and this person is not one of them."""

    slug = "selling-not-allowed"


def require_buyer(identity: Identity) -> None:
    """Require a person who may bid and buy.

    Raises:
        EmailUnconfirmed: Their address is not confirmed.
    """
    if not identity.email_verified:
        raise EmailUnconfirmed


def require_seller(identity: Identity) -> None:
    """Require a person who may sell.

    Raises:
        EmailUnconfirmed: Their address is not confirmed.
        SellingNotAllowed: The house did not approve them.
    """
    require_buyer(identity)
    if not identity.may_sell:
        raise SellingNotAllowed
