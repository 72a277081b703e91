"""Many calls at once: what becomes of each where servers, lines and replicas fail."""

from collections import deque

import pytest
import redis
from redis.exceptions import MovedError, ReadOnlyError, ResponseError

from martelo.auctions.adapters.live_store.calls import Call
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.ports.failures import OutcomeUnknown, StoreUnavailable
from martelo.runtime.valkey.connection_pool import ConnectionPool

WRITES = [Call("f", (key,), ()) for key in ("a1", "b1", "a2", "b2")]
READS = [Call("f", (key,), (), reads_only=True) for key in ("a1", "b1")]
MOVED = MovedError("1 127.0.0.1:7000")
LOST = redis.exceptions.ConnectionError("gone")


class Node:
    """A server that records its round trips; a failure that is not a reply ends the connection."""

    def __init__(self, *rounds: list[object] | Exception) -> None:
        self.rounds = deque(rounds)
        self.asked: list[list[object]] = []

    def exchange(self, *commands: tuple[object, ...]) -> list[object]:
        self.asked.append([words[0] for words in commands])
        replies = self.rounds.popleft()
        if isinstance(replies, Exception):
            raise replies
        assert len(replies) == len(commands)
        return replies


class TwoServers:
    """A cluster: the first letter of a key names its server."""

    def __init__(self, a: Node, b: Node) -> None:
        self.nodes = {"a": a, "b": b}
        self.refreshed = 0

    def pool_of(self, key: str) -> ConnectionPool:
        return self.nodes[key[0]]  # type: ignore[return-value]

    def node_of(self, key: str) -> redis.Redis:
        raise NotImplementedError(key)

    def primaries(self) -> list[redis.Redis]:
        raise NotImplementedError

    def refresh(self) -> None:
        self.refreshed += 1


def kinds(answers: list[object]) -> list[object]:
    return [type(each) if isinstance(each, Exception) else each for each in answers]


class TestDecideEach:
    def test_asks_each_server_once(self) -> None:
        a, b = Node([b"1", b"3"]), Node([b"2", b"4"])

        answers = Connection(TwoServers(a, b), Durability()).decide_each(WRITES)

        assert answers == [b"1", b"2", b"3", b"4"]
        assert a.asked == b.asked == [["FCALL", "FCALL"]]

    def test_knows_the_others_where_a_server_is_gone(self) -> None:
        servers = TwoServers(Node(LOST), Node([b"2", b"4"]))

        answers = Connection(servers, Durability()).decide_each(WRITES)

        assert kinds(answers) == [OutcomeUnknown, b"2", OutcomeUnknown, b"4"]
        assert servers.refreshed == 1

    def test_tells_what_was_refused_whole_from_what_may_have_happened(self) -> None:
        a = Node([ReadOnlyError("a replica"), ResponseError("NOPERM in the middle")])

        answers = Connection(TwoServers(a, Node([b"2", b"4"])), Durability()).decide_each(WRITES)

        assert kinds(answers) == [StoreUnavailable, b"2", OutcomeUnknown, b"4"]

    def test_follows_a_redirection_and_repeats_nothing_else(self) -> None:
        a, b = Node([MOVED, b"3"], [b"1"]), Node([b"2", b"4"])

        answers = Connection(TwoServers(a, b), Durability()).decide_each(WRITES)

        assert answers == [b"1", b"2", b"3", b"4"]
        assert a.asked == [["FCALL", "FCALL"], ["FCALL"]]
        assert b.asked == [["FCALL", "FCALL"]]

    def test_gives_up_where_it_is_sent_on_and_on(self) -> None:
        a, b = Node([MOVED, MOVED], [MOVED, MOVED], [MOVED, MOVED]), Node([b"2", b"4"])

        answers = Connection(TwoServers(a, b), Durability()).decide_each(WRITES)

        assert kinds(answers) == [StoreUnavailable, b"2", StoreUnavailable, b"4"]

    @pytest.mark.parametrize(
        ("held", "expected"),
        [(1, b"1"), (0, OutcomeUnknown), (ResponseError("NOREPLICAS"), OutcomeUnknown)],
    )
    def test_waits_once_a_server_for_the_replicas(self, held: object, expected: object) -> None:
        a, b = Node([b"1", b"3", held]), Node([b"2", b"4", 1])

        answers = Connection(TwoServers(a, b), Durability(replicas=1)).decide_each(WRITES)

        assert kinds(answers)[:2] == [expected, b"2"]
        assert a.asked == [["FCALL", "FCALL", "WAIT"]]

    def test_does_nothing_for_nothing(self) -> None:
        assert Connection(TwoServers(Node(), Node()), Durability()).decide_each([]) == []


class TestAskEach:
    def test_does_not_wait_for_replicas(self) -> None:
        a, b = Node([b"1"]), Node([b"2"])

        answers = Connection(TwoServers(a, b), Durability(replicas=1)).ask_each(READS)

        assert answers == [b"1", b"2"]
        assert a.asked == [["FCALL_RO"]]

    def test_knows_the_others_where_a_server_is_gone(self) -> None:
        servers = TwoServers(Node(LOST), Node([b"2"]))

        answers = Connection(servers, Durability()).ask_each(READS)

        assert kinds(answers) == [StoreUnavailable, b"2"]
