import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from martelo.accounts.tokens.signing import (
    ACCESS_LIFETIME,
    BadSigningKeys,
    Signer,
    SigningKey,
    Subject,
    read_signing_keys,
)
from martelo.runtime.identity.tokens import read_token

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
ANA = Subject(
    "11111111-1111-4111-8111-111111111111",
    "Ana Souza",
    ("buyer", "admin"),
    email_verified=True,
    may_sell=True,
)


def new_pem() -> str:
    raw = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return raw.decode()


def elliptic_pem() -> str:
    raw = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return raw.decode()


def write(folder: Path, content: object) -> Path:
    path = folder / "keys.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


class TestReadSigningKeys:
    def test_reads_them_in_order(self, tmp_path: Path) -> None:
        keys = [{"kid": kid, "private_pem": new_pem()} for kid in ("b", "a")]

        read = read_signing_keys(write(tmp_path, {"keys": keys}))

        assert [key.kid for key in read] == ["b", "a"]

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param("", id="empty file"),
            pytest.param("{", id="broken"),
            pytest.param({"keys": []}, id="no key"),
            pytest.param({"keys": [{"kid": "a"}]}, id="no pem"),
            pytest.param({"keys": [{"kid": "a", "private_pem": "x"}]}, id="not a pem"),
            pytest.param({"keys": [{"kid": "a", "private_pem": elliptic_pem()}]}, id="P-256"),
            pytest.param(
                {"keys": [{"kid": "a", "private_pem": new_pem()}] * 2}, id="twice one kid"
            ),
        ],
    )
    def test_refuses_another_file(self, tmp_path: Path, content: object) -> None:
        with pytest.raises(BadSigningKeys) as refused:
            read_signing_keys(write(tmp_path, content))

        assert "BEGIN" not in str(refused.value)

    def test_refuses_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(BadSigningKeys):
            read_signing_keys(tmp_path / "none")


@pytest.fixture
def signer() -> Signer:
    return Signer([SigningKey(kid, Ed25519PrivateKey.generate()) for kid in ("new", "old")])


class TestMint:
    def test_is_read_by_the_services(self, signer: Signer) -> None:
        token = signer.mint(ANA, now=NOW, lifetime=ACCESS_LIFETIME)

        identity, expires_at = read_token(token, signer.public_keys)

        assert identity.account_id == ANA.account_id
        assert identity.roles == frozenset({"buyer", "admin"})
        assert identity.scopes is None
        assert expires_at == NOW.timestamp() + 600

    def test_says_what_the_contract_promises(self, signer: Signer) -> None:
        token = signer.mint(ANA, now=NOW, lifetime=timedelta(minutes=2), scopes=["read", "bid"])

        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})

        assert header == {"alg": "EdDSA", "typ": "at+jwt", "kid": "new"}
        assert claims.pop("jti")
        assert claims == {
            "iss": "martelo",
            "aud": "martelo",
            "sub": ANA.account_id,
            "name": "Ana Souza",
            "roles": ["buyer", "admin"],
            "email_verified": True,
            "may_sell": True,
            "iat": int(NOW.timestamp()),
            "exp": int(NOW.timestamp()) + 120,
            "scope": "read bid",
        }

    def test_gives_each_token_its_own_id(self, signer: Signer) -> None:
        tokens = {signer.mint(ANA, now=NOW, lifetime=ACCESS_LIFETIME) for _ in range(10)}

        assert len(tokens) == 10


class TestJwks:
    def test_publishes_every_key_and_no_private_part(self, signer: Signer) -> None:
        published = json.loads(signer.jwks)["keys"]

        assert [key["kid"] for key in published] == ["new", "old"]
        for key in published:
            assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
