"""Passwords and keys: made once, stored in the data folder, readable by their owner only."""

import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from martelo.stack.errors import StackError, naming
from martelo.stack.topology import plan

VALKEY_USERS = ("admin", "probe", *plan.VALKEY_RIGHTS)
POSTGRESQL_USERS = (
    "postgres",
    "replicator",
    *plan.DATABASES,
    *(f"{database}_owner" for database in plan.DATABASES),
)


@dataclass(frozen=True)
class Credentials:
    """What the processes of one stack authenticate with."""

    valkey: dict[str, str]
    postgresql: dict[str, str]
    service_keys: dict[str, str]
    django_secret_key: str
    demo_secret: str
    signing_keys_file: Path

    def describe_callers(self) -> str:
        """Return which services may call, as JSON with digests instead of keys."""
        callers = {
            name: {
                "sha256": hashlib.sha256(self.service_keys[name].encode()).hexdigest(),
                "scopes": list(scopes),
            }
            for name, scopes in plan.SERVICE_SCOPES.items()
        }
        return json.dumps(callers)


def load_credentials(folder: Path, *, store_exists: bool) -> Credentials:
    """Return the credentials stored in `folder`, making what is missing.

    Raises:
        StackError: They are gone while the stores they open are there, or cannot be read.
    """
    path = folder / "passwords.json"
    stored = _read(path)
    if stored is None and store_exists:
        raise StackError(
            f"{path} is gone, but the stores it opens are there. "
            "Bring it back from a backup, or delete everything with ./martelo reset."
        )
    complete = _complete(stored or {})
    if complete != stored:
        write_private(path, json.dumps(complete, indent=2))
    signing_keys = folder / "signing-keys.json"
    if not signing_keys.exists():
        write_private(signing_keys, _make_signing_keys())
    return Credentials(
        valkey=complete["valkey"],
        postgresql=complete["postgresql"],
        service_keys=complete["service_keys"],
        django_secret_key=complete["django"]["secret_key"],
        demo_secret=complete["demo"]["secret"],
        signing_keys_file=signing_keys,
    )


def write_private(path: Path, text: str) -> None:
    """Replace `path` atomically by a file that only its owner can read."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with naming(path), os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _read(path: Path) -> dict[str, dict[str, str]] | None:
    try:
        stored: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StackError(f"{path} cannot be read: {error}. Bring it back from a backup.") from error
    return stored


def _complete(stored: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    def fill(group: str, names: tuple[str, ...], prefix: str = "") -> dict[str, str]:
        known = stored.get(group, {})
        return known | {
            name: prefix.format(name=name) + secrets.token_hex(24)
            for name in names
            if name not in known
        }

    return {
        "valkey": fill("valkey", VALKEY_USERS),
        "postgresql": fill("postgresql", POSTGRESQL_USERS),
        "service_keys": fill("service_keys", tuple(plan.SERVICE_SCOPES), "svc_{name}_"),
        "django": fill("django", ("secret_key",)),
        "demo": fill("demo", ("secret",)),
    }


def _make_signing_keys() -> str:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return json.dumps({"keys": [{"kid": secrets.token_hex(8), "private_pem": pem.decode("ascii")}]})
