"""No log of a running house holds what identifies or lets in a person."""

import re
from pathlib import Path

from visitors import PASSWORD, Account, House

HASH = re.compile(r"\$argon2|pbkdf2_")
TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.")


def read_logs(house: House) -> dict[str, str]:
    """Return every log of the stack: its processes', and those the engines write themselves."""
    files = [path for path in Path(house.stack.data).rglob("*.log*") if path.is_file()]
    assert {"postgresql.log", "storefront.log", "gateway.log"} <= {path.name for path in files}
    return {path.name: path.read_text("utf-8", errors="replace") for path in files}


def test_hold_no_address_password_hash_token_or_key(house: House) -> None:
    people = [house.register(name) for name in ("Zenaide Quaresma", "Olavo Bittencourt")]
    secrets = [PASSWORD, *use_everything(house, people)]

    logs = read_logs(house)

    for name, text in logs.items():
        found = [secret for secret in secrets if secret.lower() in text.lower()]
        assert not found, f"{name} holds {found}"
        assert not HASH.search(text), f"{name} holds a password's hash"
        assert not TOKEN.search(text), f"{name} holds a token"


def use_everything(house: House, people: list[Account]) -> list[str]:
    """Do what people do, rightly and wrongly; return what must be in no log."""
    secrets: list[str] = []
    for person in people:
        wrong = {"email": person.email, "password": "uma senha errada e longa"}
        again = {"email": person.email, "password": PASSWORD, "name": person.name}
        assert house.call("POST", "/api/auth/register", again).status == 409
        assert house.call("POST", "/api/auth/token", wrong).status == 401
        key = person.call("POST", "/api/auth/keys", {"name": "robô", "scopes": ["read", "bid"]})
        assert key.status == 201
        used = house.call("GET", "/my/bids", X_API_Key=key.json["key"])
        assert used.status == 200
        broken = house.call("GET", "/my/bids", Authorization=f"Bearer {person.token}x")
        assert broken.status == 401
        secrets += [person.email, person.name, person.token, key.json["key"], wrong["password"]]
    lot = people[0].create(title="Bolo de um registro")
    assert people[1].bid(lot["id"], amount="10.00").status == 201
    assert people[1].bid(lot["id"], amount="1").status == 409
    return secrets
