import pytest
import redis
from redis._parsers.base import BaseParser

from martelo.auctions.adapters.live_store.connection import (
    Connection,
    Durability,
    was_refused_whole,
)
from martelo.auctions.ports.failures import OutcomeUnknown, StoreUnavailable
from martelo.runtime.valkey.connection_pool import ConnectionPool, NotSent

ONE_REPLICA = Durability(replicas=1)


class Server:
    """Lines that give each command the next answer, or lose them all."""

    def __init__(self, *answers: object) -> None:
        self.answers = answers
        self.asked: list[tuple[object, ...]] = []

    def exchange(self, *commands: tuple[object, ...]) -> list[object]:
        self.asked += commands
        if isinstance(self.answers[0], redis.exceptions.ConnectionError | TimedOut):
            raise self.answers[0]
        return [self.answers[n % len(self.answers)] for n, _ in enumerate(commands)]


class Servers:
    """A cluster whose first server is gone or has moved, which is known after a refresh only."""

    def __init__(self, *servers: Server) -> None:
        self.servers = servers

    def pool_of(self, _: str) -> ConnectionPool:
        return self.servers[0]  # type: ignore[return-value]

    def node_of(self, _: str) -> redis.Redis:
        raise NotImplementedError

    def primaries(self) -> list[redis.Redis]:
        raise NotImplementedError

    def refresh(self) -> None:
        self.servers = self.servers[1:] or self.servers


TimedOut = redis.exceptions.TimeoutError
LOST = [redis.exceptions.ConnectionError("reset"), TimedOut("late")]
REFUSED = [
    BaseParser.parse_error(said)  # type: ignore[no-untyped-call]
    for said in (
        "OOM command not allowed when used memory > 'maxmemory'.",
        "READONLY You can't write against a read only replica.",
        "LOADING Valkey is loading the dataset in memory",
        "MISCONF Errors writing to the AOF file: No space left on device",
        "ERR Function not found",
        "NOREPLICAS Not enough good replicas to write.",
        "CLUSTERDOWN Hash slot not served",
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "ASK 12182 127.0.0.1:7001",
    )
]
MOVED = redis.exceptions.MovedError("12182 127.0.0.1:7001")


class TestAsk:
    @pytest.mark.parametrize("failure", LOST)
    def test_meets_the_next_primary_after_a_lost_one(self, failure: Exception) -> None:
        connection = Connection(Servers(Server(failure), Server(b"new")), Durability())
        with pytest.raises(StoreUnavailable):
            connection.ask("k", "GET", "k")

        assert connection.ask("k", "GET", "k") == b"new"


class TestAskPartitions:
    @pytest.mark.parametrize("failure", LOST)
    def test_meets_the_next_primary_after_a_lost_one(self, failure: Exception) -> None:
        connection = Connection(Servers(Server(failure), Server(b"new")), Durability())
        with pytest.raises(StoreUnavailable):
            connection.ask_partitions([3], lambda _: [("TIME",)])

        assert connection.ask_partitions([3], lambda _: [("TIME",)]) == {3: [b"new"]}


class TestChange:
    @pytest.mark.parametrize("failure", LOST)
    def test_meets_the_next_primary_after_a_lost_one(self, failure: Exception) -> None:
        connection = Connection(Servers(Server(failure), Server(b"new")), Durability())
        with pytest.raises(OutcomeUnknown):
            connection.change("k", "SET", "k", "1")

        assert connection.change("k", "SET", "k", "1") == b"new"

    def test_follows_a_redirection(self) -> None:
        first, second = Server(MOVED), Server(b"new")

        assert Connection(Servers(first, second), Durability()).change("k", "SET", "k") == b"new"
        assert (len(first.asked), len(second.asked)) == (1, 1)

    def test_gives_up_on_a_cluster_that_keeps_moving(self) -> None:
        with pytest.raises(StoreUnavailable):
            Connection(Servers(Server(MOVED)), Durability()).change("k", "SET", "k")

    @pytest.mark.parametrize("refused", [NotSent("refused"), *REFUSED])
    def test_says_that_nothing_happened_where_nothing_can_have(self, refused: Exception) -> None:
        with pytest.raises(StoreUnavailable):
            Connection(Servers(Server(refused)), Durability()).change("k", "SET", "k")

    def test_sends_nothing_twice(self) -> None:
        lost = Server(LOST[0])
        with pytest.raises(OutcomeUnknown):
            Connection(Servers(lost, Server(b"new")), Durability()).change("k", "SET", "k")

        assert lost.asked == [("SET", "k")]

    def test_waits_for_replicas_on_the_same_line(self) -> None:
        server = Server(b"done", 1)

        assert Connection(Servers(server), ONE_REPLICA).change("k", "SET", "k") == b"done"
        assert server.asked == [("SET", "k"), ("WAIT", 1, 1_000)]

    @pytest.mark.parametrize(
        ("reply", "held"),
        [
            (b"done", 0),
            (b"done", redis.exceptions.ResponseError("WAIT cannot be used")),
            (b"done", redis.exceptions.ReadOnlyError("READONLY")),
            (redis.exceptions.NoPermissionError("NOPERM"), 1),
        ],
    )
    def test_acknowledges_nothing_unless_both_replies_say_so(
        self, reply: object, held: object
    ) -> None:
        with pytest.raises(OutcomeUnknown):
            Connection(Servers(Server(reply, held)), ONE_REPLICA).change("k", "SET", "k")

    def test_follows_a_redirection_beside_a_wait(self) -> None:
        servers = Servers(Server(MOVED, 1), Server(b"new", 1))

        assert Connection(servers, ONE_REPLICA).change("k", "SET", "k") == b"new"


class TestWasRefusedWhole:
    @pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: str(refused)[:20])
    def test_is_true_of_what_a_server_refuses_at_the_door(self, refused: Exception) -> None:
        assert was_refused_whole(refused)

    def test_is_false_of_what_a_function_may_meet_on_its_way(self) -> None:
        refused = BaseParser.parse_error("NOPERM No permissions to access a channel")  # type: ignore[no-untyped-call]
        assert not was_refused_whole(refused)

    @pytest.mark.parametrize("failure", LOST)
    def test_is_false_of_a_lost_connection(self, failure: Exception) -> None:
        assert not was_refused_whole(failure)
