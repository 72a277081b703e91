"""Forged tokens and expired tokens."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from martelo.accounts.tokens.signing import SigningKey, read_signing_keys
from stacks import wait_for
from visitors import Account, House, PageResponse

SERVERS = ("auctions-api", "storefront")


@pytest.fixture(scope="module")
def key(house: House) -> SigningKey:
    """The installation's own key."""
    return read_signing_keys(house.stack.data / "secrets/signing-keys.json")[0]


@pytest.fixture(scope="module")
def lot(ana: Account) -> str:
    return str(ana.create(buy_now_price="90.00")["id"])


def claims_of(account: Account, **others: object) -> dict[str, object]:
    now = int(datetime.now(UTC).timestamp())
    return {
        "iss": "martelo",
        "aud": "martelo",
        "sub": account.account_id,
        "name": account.name,
        "roles": ["buyer"],
        "iat": now,
        "exp": now + 600,
        "jti": "j1",
        **others,
    }


def sign(key: SigningKey, claims: Mapping[str, object], **headers: object) -> str:
    header = {"typ": "at+jwt", "kid": key.kid, **headers}
    return jwt.encode(dict(claims), key.private, algorithm="EdDSA", headers=header)


def forge(header: Mapping[str, object], claims: Mapping[str, object], secret: bytes | None) -> str:
    """Return a token signed with HMAC, or with nothing."""
    parts = (json.dumps(part).encode() for part in (header, claims))
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.new(secret, signed, hashlib.sha256).digest() if secret else b""
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def forgeries(key: SigningKey, account: Account) -> dict[str, str]:
    """Return tokens forged without the private key, and expired ones."""
    public = key.private.public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = claims_of(account)
    hmac_header = {"alg": "HS256", "typ": "at+jwt", "kid": key.kid}
    none_header = {"alg": "none", "typ": "at+jwt", "kid": key.kid}
    stranger = SigningKey(key.kid, Ed25519PrivateKey.generate())
    unknown = SigningKey("unknown", stranger.private)
    good = sign(key, claims)
    head, payload, signature = good.split(".")
    past = int(datetime.now(UTC).timestamp()) - 1_000
    brackets = base64.urlsafe_b64encode(b"[" * 2_000).decode()
    return {
        "nothing": "",
        "no token": "x",
        "two dots": "..",
        "no algorithm": forge(none_header, claims, None),
        "no algorithm, in capitals": forge({**none_header, "alg": "NONE"}, claims, None),
        "the public key as a secret": forge(hmac_header, claims, raw),
        "the public key's text as a secret": forge(hmac_header, claims, pem),
        "another key": sign(stranger, claims),
        "another key under a name of its own": sign(unknown, claims),
        "a key brought along": sign(stranger, claims, jwk={"kty": "OKP"}, jku="http://127.0.0.1/"),
        "no signature": f"{head}.{payload}.",
        "another payload": f"{head}.{payload[:-4]}AAAA.{signature}",
        "another audience": sign(key, {**claims, "aud": "live"}),
        "two audiences": sign(key, {**claims, "aud": ["martelo", "live"]}),
        "another issuer": sign(key, {**claims, "iss": "elsewhere"}),
        "another type": sign(key, claims, typ="JWT"),
        "expired": sign(key, {**claims, "iat": past, "exp": past + 600}),
        "no expiry": sign(key, {name: claims[name] for name in claims if name != "exp"}),
        "an expiry that is no number": sign(key, {**claims, "exp": "never"}),
        "no subject": sign(key, {name: claims[name] for name in claims if name != "sub"}),
        "a subject that is no text": sign(key, {**claims, "sub": None}),
        "roles that are no list": sign(key, {**claims, "roles": "admin"}),
        "very long": good + "A" * 6_000,
        "a list in a list": f"{brackets}.{payload}.{signature}",
    }


def call_all(house: House, lot: str, authorization: str) -> dict[str, PageResponse]:
    """Call every route that requires a token."""
    draft = {"title": "Bolo", "starting_price": "10.00", "duration_s": 60}
    calls: dict[str, tuple[str, str, object]] = {
        "create": ("POST", "/create-auction", draft),
        "bid": ("POST", "/place-bid", {"auction_id": lot, "amount": "10.00"}),
        "buy now": ("POST", f"/auction/{lot}/buy-now", {}),
        "cancel": ("POST", f"/auction/{lot}/cancel", {"reason": "x"}),
        "edit": ("PATCH", f"/auction/{lot}", {"title": "Torta"}),
        "read": ("GET", f"/auction/{lot}", None),
        "my bids": ("GET", "/my/bids", None),
        "my auctions": ("GET", "/my/auctions", None),
        "me": ("GET", "/api/auth/me", None),
        "keys": ("GET", "/api/auth/keys", None),
    }
    return {
        name: house.call(method, target, fields, Authorization=authorization)
        for name, (method, target, fields) in calls.items()
    }


def what_happened(house: House, lot: str) -> list[dict[str, Any]]:
    return house.ledger(lot)


def test_forged_and_worn_out_tokens_open_nothing(
    house: House, ana: Account, lot: str, key: SigningKey
) -> None:
    before = what_happened(house, lot)
    for what, token in forgeries(key, ana).items():
        for _ in range(2):  # the second time from the verifier's cache
            for call, answer in call_all(house, lot, f"Bearer {token}").items():
                assert (answer.status, answer.slug) == (401, "not-signed-in"), (what, call)
                assert answer.headers["www-authenticate"].startswith("Bearer"), (what, call)
    assert what_happened(house, lot) == before


@pytest.mark.parametrize("authorization", ["Basic YTpi", "Bearer", "bearer x", "Digest x", "x", ""])
def test_other_ways_to_sign_in_open_nothing(house: House, lot: str, authorization: str) -> None:
    for call, answer in call_all(house, lot, authorization).items():
        assert (answer.status, answer.slug) == (401, "not-signed-in"), call


@pytest.mark.parametrize(
    "api_key", ["", "x", "mk_", "mk_a_b", "mk_" + "x" * 5_000, "svc_auctions_x"]
)
def test_keys_that_nobody_was_given_open_nothing(house: House, lot: str, api_key: str) -> None:
    headers = {"X_API_Key": api_key}

    for answer in (
        house.call("GET", "/my/bids", **headers),
        house.call("POST", "/place-bid", {"auction_id": lot, "amount": "10.00"}, **headers),
        house.call("GET", "/api/auth/me", **headers),
    ):
        assert (answer.status, answer.slug) == (401, "not-signed-in")


def test_a_token_in_use_expires_all_the_same(house: House, ana: Account, key: SigningKey) -> None:
    """Its verification is cached; its expiry is checked at every use."""
    until = datetime.now(UTC) + timedelta(seconds=4)
    token = sign(key, claims_of(ana, exp=int(until.timestamp())))
    authorization = {"Authorization": f"Bearer {token}"}
    assert house.call("GET", "/my/bids", **authorization).status == 200

    def look() -> bool | None:
        answer = house.call("GET", "/my/bids", **authorization)
        return True if answer.slug == "not-signed-in" else None

    wait_for(look, "the token to expire", seconds=30)
    assert datetime.now(UTC) >= until - timedelta(seconds=1)


def test_a_good_token_beside_a_forged_one_of_the_same_person_stays_good(
    house: House, ana: Account, key: SigningKey
) -> None:
    good = sign(key, claims_of(ana))
    assert house.call("GET", "/my/bids", Authorization=f"Bearer {good}").status == 200

    head, payload, _ = good.split(".")
    answer = house.call("GET", "/my/bids", Authorization=f"Bearer {head}.{payload}.")

    assert answer.status == 401
    assert house.call("GET", "/my/bids", Authorization=f"Bearer {good}").status == 200


def test_who_did_not_confirm_or_was_not_approved_does_not_trade(
    house: House, ana: Account, bruno: Account, lot: str, key: SigningKey
) -> None:
    unconfirmed = sign(key, claims_of(bruno, email_verified=False))
    unapproved = sign(key, claims_of(ana, may_sell=False))

    calls = call_all(house, lot, f"Bearer {unconfirmed}")
    assert {name for name, each in calls.items() if each.slug == "email-unconfirmed"} == {
        "create",
        "bid",
        "buy now",
    }
    calls = call_all(house, lot, f"Bearer {unapproved}")
    assert [name for name, each in calls.items() if each.slug == "selling-not-allowed"] == [
        "create"
    ]
