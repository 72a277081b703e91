import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from martelo.runtime.http.client import HttpFailed, HttpResponse
from martelo.runtime.identity.tokens import (
    CACHE_SIZE,
    AccountsUnavailable,
    Identity,
    TokenVerifier,
    Unauthenticated,
)

NOW = 1_800_000_000.0
KEY = Ed25519PrivateKey.generate()
OTHER = Ed25519PrivateKey.generate()
CLAIMS: dict[str, Any] = {
    "iss": "martelo",
    "aud": "martelo",
    "sub": "11111111-1111-4111-8111-111111111111",
    "name": "Ana Souza",
    "roles": ["buyer"],
    "iat": int(NOW),
    "exp": int(NOW) + 600,
    "jti": "j1",
}
HEADERS = {"typ": "at+jwt", "kid": "k1"}
TICKET: dict[str, Any] = {"aud": "live", "exp": int(NOW) + 120}
TICKET_HEADERS = {"typ": "live+jwt"}


def mint(
    claims: Mapping[str, Any] | None = None,
    headers: Mapping[str, Any] | None = None,
    key: Ed25519PrivateKey = KEY,
) -> str:
    return jwt.encode(
        {**CLAIMS, **(claims or {})}, key, algorithm="EdDSA", headers={**HEADERS, **(headers or {})}
    )


def mint_without(claim: str) -> str:
    claims = {name: value for name, value in CLAIMS.items() if name != claim}
    return jwt.encode(claims, KEY, algorithm="EdDSA", headers=HEADERS)


def forge(header: Mapping[str, Any], claims: Mapping[str, Any], secret: bytes | None) -> str:
    """Return a token signed with HMAC, or unsigned."""
    signed = _signed_part(header, claims)
    signature = hmac.new(secret, signed, hashlib.sha256).digest() if secret else b""
    return (signed + b"." + _base64(signature)).decode()


def sign(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return a correctly signed token with a header that no library writes."""
    signed = _signed_part(header, claims)
    return (signed + b"." + _base64(KEY.sign(signed))).decode()


def _signed_part(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bytes:
    return b".".join(_base64(json.dumps(part).encode()) for part in (header, claims))


def _base64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def jwks(keys: Mapping[str, Ed25519PrivateKey]) -> bytes:
    published = [
        {**OKPAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid}
        for kid, key in keys.items()
    ]
    return json.dumps({"keys": published}).encode()


@dataclass
class FakeAccounts:
    """Accounts as seen over HTTP; `is_down` refuses every connection."""

    keys: dict[str, Ed25519PrivateKey] = field(default_factory=lambda: {"k1": KEY})
    api_keys: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    exchange_status: int | None = None
    asked: list[str] = field(default_factory=list)
    sent: list[Mapping[str, str]] = field(default_factory=list)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> HttpResponse:
        self.asked.append(f"{method} {url}")
        self.sent.append(headers or {})
        if self.is_down:
            raise HttpFailed("refused")
        if url.endswith("/jwks.json"):
            return HttpResponse(200, {}, jwks(self.keys))
        if self.exchange_status is not None:
            return HttpResponse(self.exchange_status, {}, b"{}")
        token = self.api_keys.get(json.loads(content or b"")["key"])
        if token is None:
            return HttpResponse(404, {}, b"{}")
        body = {"access_token": token, "expires_in": 120}
        return HttpResponse(200, {}, json.dumps(body).encode())


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def accounts() -> FakeAccounts:
    return FakeAccounts()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(accounts: FakeAccounts, clock: Clock) -> TokenVerifier:
    return TokenVerifier("http://accounts:8000/", accounts, clock, "svc_auctions_s3cret")


class TestVerify:
    def test_says_whom_a_token_names(self, verifier: TokenVerifier) -> None:
        identity = verifier.verify(mint({"roles": ["buyer", "admin"]}))

        assert identity == Identity(
            CLAIMS["sub"], "Ana Souza", frozenset({"buyer", "admin"}), scopes=None
        )
        assert identity.may("bid")

    def test_takes_a_token_written_by_hand(self, verifier: TokenVerifier) -> None:
        # The forgeries below are made in the same way, so this must succeed.
        assert verifier.verify(sign({**HEADERS, "alg": "EdDSA"}, CLAIMS)).name == "Ana Souza"

    def test_asks_for_the_keys_once(self, verifier: TokenVerifier, accounts: FakeAccounts) -> None:
        for jti in ("a", "b", "a"):
            verifier.verify(mint({"jti": jti}))

        assert accounts.asked == ["GET http://accounts:8000/.well-known/jwks.json"]

    def test_judges_expiry_again_when_a_token_is_used_again(
        self, verifier: TokenVerifier, clock: Clock
    ) -> None:
        token = mint()
        clock.now = NOW + 599.9
        verifier.verify(token)

        clock.now = NOW + 600
        with pytest.raises(Unauthenticated):
            verifier.verify(token)

    def test_does_not_care_what_the_issuer_thinks_of_the_time(
        self, verifier: TokenVerifier, clock: Clock
    ) -> None:
        clock.now = NOW - 300

        assert verifier.verify(mint()).name == "Ana Souza"

    @pytest.mark.parametrize(
        "token",
        [
            pytest.param(mint({"aud": "live"}), id="another audience"),
            pytest.param(mint(TICKET, TICKET_HEADERS), id="a live ticket"),
            pytest.param(mint(headers=TICKET_HEADERS), id="a live ticket by type only"),
            pytest.param(mint({"aud": ["martelo", "live"]}), id="several audiences"),
            pytest.param(mint_without("aud"), id="no audience"),
            pytest.param(mint({"iss": "someone"}), id="another issuer"),
            pytest.param(mint_without("iss"), id="no issuer"),
            pytest.param(mint({"exp": int(NOW)}), id="expired this second"),
            pytest.param(mint({"exp": int(NOW) - 1}), id="expired"),
            pytest.param(mint_without("exp"), id="never expires"),
            pytest.param(mint({"exp": "2099"}), id="expiry in words"),
            pytest.param(mint({"exp": float("inf")}), id="expiry at infinity"),
            pytest.param(mint({"exp": True}), id="expiry a boolean"),
            pytest.param(mint_without("sub"), id="about nobody"),
            pytest.param(mint({"sub": 7}), id="about a number"),
            pytest.param(mint({"roles": "admin"}), id="roles in one word"),
            pytest.param(mint({"roles": [1]}), id="roles in numbers"),
            pytest.param(mint_without("roles"), id="no roles"),
            pytest.param(mint(headers={"typ": "JWT"}), id="another type"),
            pytest.param(mint(headers={"typ": None}), id="no type"),
            pytest.param(mint(headers={"kid": "k9"}), id="unknown key"),
            pytest.param(sign({"alg": "EdDSA", "typ": "at+jwt"}, CLAIMS), id="no key"),
            pytest.param(sign({**HEADERS, "alg": "EdDSA", "kid": 7}, CLAIMS), id="key a number"),
            pytest.param(sign({**HEADERS, "alg": "EdDSA"}, CLAIMS)[:-1], id="signature cut short"),
            pytest.param(mint(headers={"crit": ["b64"], "b64": True}), id="critical header"),
            pytest.param(mint(key=OTHER), id="signed by a stranger"),
            pytest.param(mint()[:-4] + "AAAA", id="another signature"),
            pytest.param(forge({**HEADERS, "alg": "none"}, CLAIMS, None), id="alg none"),
            pytest.param(forge({**HEADERS, "alg": "None"}, CLAIMS, None), id="alg None"),
            pytest.param(forge({**HEADERS, "alg": "EdDSA"}, CLAIMS, None), id="no signature"),
            pytest.param(
                forge(
                    {**HEADERS, "alg": "HS256"},
                    CLAIMS,
                    KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
                ),
                id="HS256 with the raw public key",
            ),
            pytest.param(
                forge(
                    {**HEADERS, "alg": "HS256"},
                    CLAIMS,
                    KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
                ),
                id="HS256 with the public key in PEM",
            ),
            pytest.param("", id="empty"),
            pytest.param("a.b.c", id="junk"),
            pytest.param("..", id="dots"),
            pytest.param("ação.ção.ão", id="not ASCII"),
            pytest.param("\ud800.x.y", id="a lone surrogate"),
            pytest.param("x" * 5000, id="too long"),
            pytest.param(
                base64.urlsafe_b64encode(b"[" * 3000).decode() + ".e30.e30", id="nested header"
            ),
            pytest.param(
                base64.urlsafe_b64encode(b'{"alg":' + b"[" * 2900).decode() + ".e30.e30",
                id="nested inside the header",
            ),
        ],
    )
    def test_refuses_a_forged_or_spent_token(self, verifier: TokenVerifier, token: str) -> None:
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                verifier.verify(token)

    def test_refuses_forged_claims_beside_a_cached_token(self, verifier: TokenVerifier) -> None:
        good = mint()
        verifier.verify(good)
        header, _, signature = good.split(".")
        claims = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "roles": ["admin"]}).encode())

        with pytest.raises(Unauthenticated):
            verifier.verify(f"{header}.{claims.decode().rstrip('=')}.{signature}")

    def test_keeps_a_bounded_number_of_tokens(self, verifier: TokenVerifier) -> None:
        for number in range(CACHE_SIZE // 8):
            verifier.verify(mint({"jti": str(number)}))

        assert len(verifier._verified) <= CACHE_SIZE  # noqa: SLF001 - the bound is the promise


class TestKeys:
    def test_learns_a_new_key_when_a_token_names_it(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        verifier.verify(mint())
        accounts.keys = {"k2": OTHER, "k1": KEY}

        clock.now += 30
        verifier.verify(mint(headers={"kid": "k2"}, key=OTHER))

        assert len(accounts.asked) == 2

    def test_asks_for_unknown_keys_at_most_every_30_s(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        for second in range(60):
            clock.now = NOW + second
            with pytest.raises(Unauthenticated):
                verifier.verify(mint(headers={"kid": f"junk-{second}"}))

        assert len(accounts.asked) == 2

    def test_goes_on_with_the_last_good_keys_while_accounts_is_down(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        verifier.verify(mint())
        accounts.is_down = True

        for hours in range(1, 4):
            clock.now = NOW + hours * 3600
            verifier.verify(mint({"exp": int(clock.now) + 60, "jti": str(hours)}))

    def test_cannot_tell_while_it_never_had_keys(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        accounts.is_down = True
        for _ in range(5):
            with pytest.raises(AccountsUnavailable):
                verifier.verify(mint())
        assert len(accounts.asked) == 1

        accounts.is_down = False
        clock.now += 1
        assert verifier.verify(mint()).name == "Ana Souza"

    def test_cannot_tell_about_an_unknown_key_while_accounts_is_down(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        verifier.verify(mint())
        accounts.is_down = True
        clock.now += 31

        with pytest.raises(AccountsUnavailable):
            verifier.verify(mint(headers={"kid": "k2"}, key=OTHER))

    def test_gives_up_tokens_of_a_withdrawn_key(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        token = mint({"exp": int(NOW) + 3600})
        verifier.verify(token)
        accounts.keys = {"k2": OTHER}

        clock.now += 601
        with pytest.raises(Unauthenticated):
            verifier.verify(token)

    def test_asks_once_for_many_threads(self, accounts: FakeAccounts, clock: Clock) -> None:
        verifier = TokenVerifier("http://accounts:8000", accounts, clock)
        names = []

        def verify() -> None:
            names.append(verifier.verify(mint()).name)

        threads = [threading.Thread(target=verify) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert names == ["Ana Souza"] * 16
        assert len(accounts.asked) == 1


API_KEY = "mk_a1b2c3d4e5_" + "s" * 43


class TestExchange:
    def test_says_whom_a_key_belongs_to_and_what_it_may_do(
        self, verifier: TokenVerifier, accounts: FakeAccounts
    ) -> None:
        accounts.api_keys[API_KEY] = mint({"scope": "read bid"})

        identity = verifier.exchange(API_KEY)

        assert identity.scopes == frozenset({"read", "bid"})
        assert identity.may("bid")
        assert not identity.may("sell")
        assert accounts.sent[0]["X-API-Key"] == "svc_auctions_s3cret"

    def test_notices_within_five_seconds_that_a_key_was_revoked(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        accounts.api_keys[API_KEY] = mint()
        verifier.exchange(API_KEY)
        del accounts.api_keys[API_KEY]

        clock.now += 5

        for _ in range(2):
            with pytest.raises(Unauthenticated):
                verifier.exchange(API_KEY)

    def test_stores_the_answer_for_a_few_seconds(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        accounts.api_keys[API_KEY] = mint({"exp": int(NOW) + 120})
        for _ in range(3):
            verifier.exchange(API_KEY)
        exchanges = [asked for asked in accounts.asked if "exchange" in asked]
        assert len(exchanges) == 1

        clock.now += 4
        verifier.exchange(API_KEY)

        assert len([asked for asked in accounts.asked if "exchange" in asked]) == 2

    def test_serves_a_cached_key_while_accounts_is_down(
        self, verifier: TokenVerifier, accounts: FakeAccounts, clock: Clock
    ) -> None:
        accounts.api_keys[API_KEY] = mint()
        verifier.exchange(API_KEY)
        accounts.is_down = True
        clock.now += 109

        assert verifier.exchange(API_KEY).name == "Ana Souza"

        clock.now += 1
        with pytest.raises(AccountsUnavailable):
            verifier.exchange(API_KEY)

    def test_refuses_an_unknown_key(self, verifier: TokenVerifier) -> None:
        with pytest.raises(Unauthenticated):
            verifier.exchange(API_KEY)

    @pytest.mark.parametrize("key", ["", "mk", "svc_auctions_x", "mk_" + "x" * 200, "mk_ação"])
    def test_asks_nobody_about_what_is_no_key(
        self, verifier: TokenVerifier, accounts: FakeAccounts, key: str
    ) -> None:
        with pytest.raises(Unauthenticated):
            verifier.exchange(key)

        assert accounts.asked == []

    def test_cannot_tell_while_accounts_is_down(
        self, verifier: TokenVerifier, accounts: FakeAccounts
    ) -> None:
        accounts.is_down = True

        with pytest.raises(AccountsUnavailable):
            verifier.exchange(API_KEY)

    @pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
    def test_blames_accounts_or_itself_but_not_the_caller_for_other_answers(
        self, verifier: TokenVerifier, accounts: FakeAccounts, status: int
    ) -> None:
        accounts.exchange_status = status

        with pytest.raises(AccountsUnavailable):
            verifier.exchange(API_KEY)

    def test_takes_no_key_without_a_service_key(self, accounts: FakeAccounts, clock: Clock) -> None:
        with pytest.raises(Unauthenticated):
            TokenVerifier("http://accounts:8000", accounts, clock).exchange(API_KEY)


class TestAdmit:
    def test_takes_an_access_token_until_it_expires(self, verifier: TokenVerifier) -> None:
        admission = verifier.admit(mint({"roles": ["admin"]}))

        assert admission.identity == verifier.verify(mint({"roles": ["admin"]}))
        assert admission.expires_at_s == NOW + 600

    def test_takes_a_ticket_for_bidding_only(self, verifier: TokenVerifier) -> None:
        admission = verifier.admit(mint({**TICKET, "roles": ["admin"]}, TICKET_HEADERS))

        assert admission.identity == Identity(
            CLAIMS["sub"], "Ana Souza", roles=frozenset(), scopes=frozenset({"bid"})
        )
        assert admission.expires_at_s == NOW + 120

    def test_takes_an_api_key_until_it_is_to_be_exchanged_again(
        self, verifier: TokenVerifier, accounts: FakeAccounts
    ) -> None:
        accounts.api_keys[API_KEY] = mint({"scope": "read"})

        admission = verifier.admit(API_KEY)

        assert not admission.identity.may("bid")
        assert admission.expires_at_s == NOW + 110
        assert verifier.admit(API_KEY) == admission

    def test_does_not_make_a_ticket_good_elsewhere(self, verifier: TokenVerifier) -> None:
        ticket = mint(TICKET, TICKET_HEADERS)
        verifier.admit(ticket)

        with pytest.raises(Unauthenticated):
            verifier.verify(ticket)

    @pytest.mark.parametrize(
        "ticket",
        [
            pytest.param(mint({**TICKET, "exp": int(NOW)}, TICKET_HEADERS), id="expired"),
            pytest.param(mint({**TICKET, "exp": int(NOW) + 121}, TICKET_HEADERS), id="too long"),
            pytest.param(mint({"aud": "live"}), id="typed as a token"),
            pytest.param(mint({"exp": int(NOW) + 120}, TICKET_HEADERS), id="a token's audience"),
            pytest.param(mint({**TICKET, "aud": ["live"]}, TICKET_HEADERS), id="a list of one"),
            pytest.param(mint({**TICKET, "iss": "someone"}, TICKET_HEADERS), id="another issuer"),
            pytest.param(mint({**TICKET, "sub": 7}, TICKET_HEADERS), id="about a number"),
            pytest.param(mint({**TICKET, "iat": "now"}, TICKET_HEADERS), id="issued in words"),
            pytest.param(mint(TICKET, TICKET_HEADERS, OTHER), id="signed by a stranger"),
            pytest.param(mint(TICKET, {**TICKET_HEADERS, "kid": "k9"}), id="unknown key"),
            pytest.param(mint(TICKET, {**TICKET_HEADERS, "crit": ["x"], "x": 1}), id="critical"),
            pytest.param(
                forge({**HEADERS, **TICKET_HEADERS, "alg": "none"}, {**CLAIMS, **TICKET}, None),
                id="alg none",
            ),
            pytest.param("", id="empty"),
            pytest.param("x" * 5000, id="too long a text"),
        ],
    )
    def test_refuses_what_is_neither(self, verifier: TokenVerifier, ticket: str) -> None:
        with pytest.raises(Unauthenticated):
            verifier.admit(ticket)
