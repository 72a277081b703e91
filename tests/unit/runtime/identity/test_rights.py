import pytest

from martelo.kernel.ids import AccountId
from martelo.runtime.identity.rights import (
    EmailUnconfirmed,
    SellingNotAllowed,
    require_buyer,
    require_seller,
)
from martelo.runtime.identity.tokens import Identity


def identity(*, email_verified: bool = True, may_sell: bool = True) -> Identity:
    return Identity(
        AccountId("a1"), "Ana", frozenset(), email_verified=email_verified, may_sell=may_sell
    )


class TestRequireBuyer:
    def test_lets_pass_who_may_not_sell(self) -> None:
        require_buyer(identity(may_sell=False))

    def test_refuses_an_unconfirmed_address(self) -> None:
        with pytest.raises(EmailUnconfirmed):
            require_buyer(identity(email_verified=False))


class TestRequireSeller:
    def test_lets_pass_who_may_sell(self) -> None:
        require_seller(identity())

    def test_refuses_whom_the_house_did_not_approve(self) -> None:
        with pytest.raises(SellingNotAllowed):
            require_seller(identity(may_sell=False))

    def test_asks_for_the_address_first(self) -> None:
        with pytest.raises(EmailUnconfirmed):
            require_seller(identity(email_verified=False, may_sell=False))
