"""The surroundings of the agent's workers: Valkey with its users, other contexts, mail, Discord."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from engines.agent import Agent, prepare_agent
from engines.discord import Discord
from engines.discord import answering as posts_answered
from engines.postgresql import PostgresqlServer
from engines.smtp import MailServer
from engines.smtp import answering as mails_answered
from engines.valkey import ValkeyServer, valkey_binary
from fakes.neighbours import Neighbours
from martelo.contracts.channels import FINISHED_CHANNEL, PARTITIONS_KEY, finished_stream
from martelo.contracts.finished import AuctionFinished, nameless
from martelo.stack.engines.valkey import USERS, render_users

PARTITIONS = 4
PUBLIC_URL = "https://leiloes.example"
AT = "2026-01-31T12:00:00.000Z"
PAGE = 100
SERVICE_KEY = "svc_agent_x"


class AgentNeighbours(Neighbours):
    """The parts of accounts and auctions-api that the agent calls."""

    def __init__(self) -> None:
        super().__init__()
        self.record: list[AuctionFinished] = []
        self.known: dict[str, AuctionFinished] = {}
        self.posts = ["sold"]
        self.is_down = False
        self.gone: set[str] = set()

    def answer_to(self, path: str, api_key: str | None) -> tuple[int, bytes]:
        # As in the product, a service key is valid only for internal paths.
        is_internal = path.startswith("/internal/")
        if api_key != (SERVICE_KEY if is_internal else None):
            return 401, b"{}"
        return self.answer(path)

    def answer(self, path: str) -> tuple[int, bytes]:
        if self.is_down:
            return 503, b"{}"
        parts = urlsplit(path)
        match parts.path.strip("/").split("/"):
            case ["internal", "house"]:
                return 200, json.dumps(self._house()).encode()
            case ["internal", "accounts", account_id, "contact"] if account_id not in self.gone:
                contact = {
                    "account_id": account_id,
                    "name": "x",
                    "email": f"{account_id}@x.example",
                }
                return 200, json.dumps(contact).encode()
            case ["internal", "auctions", "finished"]:
                return 200, msgspec.json.encode(self._page(parse_qs(parts.query)))
            case ["internal", "auction", auction_id, "finished"] if auction_id in self.known:
                return 200, msgspec.json.encode(self.known[auction_id])
            case ["auction", auction_id, *more] if auction_id in self.known:
                end = self.known[auction_id]
                return 200, json.dumps(_ledger() if more else _lot(end)).encode()
            case _:
                return super().answer(path)

    def _house(self) -> dict[str, Any]:
        return {
            "name": "Martelo",
            "sender_name": "Martelo",
            "language": "pt-BR",
            "tone": "warm",
            "winner_naming": "first_and_initial",
            "posts": self.posts,
        }

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        begin = int(query.get("after", ["0"])[0])
        items = self.record[begin : begin + PAGE]
        more = begin + PAGE < len(self.record)
        return {"items": items, "next_cursor": str(begin + PAGE) if more else None}


def _lot(end: AuctionFinished) -> dict[str, Any]:
    winner = {"name": "B***a"} if end.winner else None
    return {
        "id": end.auction_id,
        "title": end.title,
        "description": "De 1930",
        "seller": {"id": end.seller.id, "name": end.seller.name},
        "status": end.status,
        "starting_price": "100.00",
        "bid_count": end.bid_count,
        "reserve_met": None,
        "created_at": AT,
        "starts_at": AT,
        "ends_at": AT,
        "result": {"winner": winner, "final_price": end.final_price, "closed_at": end.closed_at},
    }


def _ledger() -> dict[str, Any]:
    bid = {"type": "bid", "at": AT, "bidder": {"name": "B***a", "number": 1}, "automatic": False}
    items = [
        {"type": "created", "at": AT, "ends_at": AT},
        {**bid, "amount": "100.00", "ends_at": AT},
        {**bid, "amount": "150.00", "ends_at": "2026-01-31T12:02:00.000Z"},
        {"type": "closed", "at": AT},
    ]
    return {"items": items, "next_cursor": None}


@dataclass
class AgentWorld:
    """The surroundings of the workers, with actions for tests."""

    valkey: ValkeyServer
    neighbours: AgentNeighbours
    mail: MailServer
    discord: Discord
    agent: Agent

    def announce(
        self, end: AuctionFinished, *, stream: int = 1, hint: int = 0, record: int = 1
    ) -> None:
        """Let an auction end, and announce it in each way the given number of times."""
        self.neighbours.known[end.auction_id] = end
        event, hinted = msgspec.json.encode(nameless(end)), msgspec.json.encode(end)
        self.neighbours.record += [end] * record
        with self.valkey.client() as client:
            for _ in range(stream):
                partition = int(end.auction_id[:2]) % PARTITIONS
                client.xadd(finished_stream(partition), {"event": event})
            for _ in range(hint):
                client.publish(FINISHED_CHANNEL, hinted)

    def outside(self) -> dict[str, str]:
        """Return the settings for sending e-mails and posts."""
        return {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.mail.port),
            "SMTP_TLS": "off",
            "MAIL_FROM": "leiloes@martelo.example",
            "DISCORD_WEBHOOK_URL": self.discord.url,
        }

    def count(self, condition: str) -> int:
        """Return how many effects fulfil a condition."""
        ((number,),) = self.agent.query(f"SELECT count(*) FROM effect WHERE {condition}")  # noqa: S608 - a test's own words
        return int(number)

    def empty(self) -> None:
        """Delete every end."""
        self.agent.empty()
        with self.valkey.client() as client:
            client.flushall()
            client.set(PARTITIONS_KEY, PARTITIONS)


@contextlib.contextmanager
def built(postgresql: PostgresqlServer, folder: Path) -> Iterator[AgentWorld]:
    """Run everything around the workers, with the Valkey users of the stack."""
    folder.mkdir(parents=True, exist_ok=True)
    acl = folder / "users.acl"
    # The tests connect as the default user.
    users = render_users(dict.fromkeys(USERS, "segredo")).splitlines()[1:]
    acl.write_text("\n".join(["user default on nopass ~* &* +@all", *users]) + "\n")
    valkey = ValkeyServer(valkey_binary(), folder / "valkey", "--aclfile", str(acl))
    neighbours, mail, discord = AgentNeighbours(), MailServer(), Discord(posts_in_window=1_000)
    with contextlib.ExitStack() as stack:
        valkey.start()
        stack.callback(valkey.stop)
        stack.enter_context(neighbours.answering())
        stack.enter_context(mails_answered(mail))
        stack.enter_context(posts_answered(discord))
        agent = prepare_agent(
            postgresql,
            neighbours,
            folder,
            AUCTIONS_URL=neighbours.url,
            PUBLIC_URL=PUBLIC_URL,
            VALKEY_URL=f"valkey://agent:segredo@127.0.0.1:{valkey.port}/0",
            SERVICE_KEY=SERVICE_KEY,
        )
        stack.callback(agent.close)
        world = AgentWorld(valkey, neighbours, mail, discord, agent)
        world.empty()
        yield world
