import hashlib
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from martelo.stack.credentials import load_credentials
from martelo.stack.errors import StackError
from martelo.stack.topology import plan


class TestLoadCredentials:
    def test_makes_them_once(self, tmp_path: Path) -> None:
        first = load_credentials(tmp_path, store_exists=False)
        second = load_credentials(tmp_path, store_exists=True)

        assert first == second
        assert len(set(first.postgresql.values()) | set(first.valkey.values())) == 17

    def test_keeps_them_from_others(self, tmp_path: Path) -> None:
        load_credentials(tmp_path, store_exists=False)

        modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

        assert modes == {0o600}

    def test_adds_what_a_later_version_needs(self, tmp_path: Path) -> None:
        first = load_credentials(tmp_path, store_exists=False)
        path = tmp_path / "passwords.json"
        stored = json.loads(path.read_text())
        del stored["valkey"]["accounts"]
        path.write_text(json.dumps(stored))

        second = load_credentials(tmp_path, store_exists=True)

        assert second.valkey["auctions"] == first.valkey["auctions"]
        assert second.valkey["accounts"] not in {"", first.valkey["accounts"]}

    def test_does_not_replace_those_of_a_store_that_is_there(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match="reset"):
            load_credentials(tmp_path, store_exists=True)

        assert list(tmp_path.iterdir()) == []

    def test_says_so_when_they_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "passwords.json").write_text("{")

        with pytest.raises(StackError, match="cannot be read"):
            load_credentials(tmp_path, store_exists=True)

    def test_signing_keys_are_ed25519(self, tmp_path: Path) -> None:
        credentials = load_credentials(tmp_path, store_exists=False)

        [key] = json.loads(credentials.signing_keys_file.read_text())["keys"]

        loaded = load_pem_private_key(key["private_pem"].encode(), password=None)
        assert isinstance(loaded, Ed25519PrivateKey)
        assert len(key["kid"]) == 16


class TestDescribeCallers:
    def test_holds_digests_and_scopes_only(self, tmp_path: Path) -> None:
        credentials = load_credentials(tmp_path, store_exists=False)
        keys = credentials.service_keys

        callers = json.loads(credentials.describe_callers())

        assert keys["auctions"].startswith("svc_auctions_")
        assert callers == {
            name: {
                "sha256": hashlib.sha256(keys[name].encode()).hexdigest(),
                "scopes": list(scopes),
            }
            for name, scopes in plan.SERVICE_SCOPES.items()
        }
