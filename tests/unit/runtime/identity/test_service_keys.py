import hashlib

import pytest
from pydantic import ValidationError

from martelo.runtime.identity.service_keys import (
    NotAService,
    ScopeMissing,
    ServiceCaller,
    check_service_key,
)

KEY = "svc_auctions_2b7e151628aed2a6"
CALLERS = {
    "auctions": ServiceCaller(
        sha256=hashlib.sha256(KEY.encode()).hexdigest(), scopes=frozenset({"keys:exchange"})
    )
}


class TestCheckServiceKey:
    def test_names_the_caller(self) -> None:
        assert check_service_key(KEY, "keys:exchange", CALLERS) == "auctions"

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "svc",
            "svc_",
            "svc_auctions",
            "svc_auctions_",
            KEY + "x",
            KEY[:-1],
            KEY.upper(),
            KEY.replace("auctions", "orders"),
            KEY.replace("svc", "mk"),
            "svc_ação_ß",
        ],
    )
    def test_refuses_a_stranger(self, key: str) -> None:
        with pytest.raises(NotAService):
            check_service_key(key, "keys:exchange", CALLERS)

    def test_refuses_what_the_caller_may_not_ask(self) -> None:
        with pytest.raises(ScopeMissing):
            check_service_key(KEY, "accounts:contact", CALLERS)


class TestServiceCaller:
    @pytest.mark.parametrize("sha256", ["", "ab", "A" * 64, "0" * 64 + "\n", "g" * 64])
    def test_refuses_what_is_no_hash(self, sha256: str) -> None:
        with pytest.raises(ValidationError):
            ServiceCaller(sha256=sha256, scopes=frozenset())
