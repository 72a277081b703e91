from typing import Self

import pytest
import redis
from redis._parsers.base import BaseParser

from martelo.auctions.adapters.valkey_connection import (
    Connection,
    Durability,
    was_refused_whole,
)
from martelo.auctions.ports import OutcomeUnknown, StoreUnavailable


class Node:
    """A server that answers with its name, or raises."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def execute_command(self, *_: object, **__: object) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def pipeline(self, **_: object) -> "Pipeline":
        return Pipeline(self)


class Pipeline:
    def __init__(self, node: Node) -> None:
        self.node = node
        self.asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute_command(self, *_: object, **__: object) -> None:
        self.asked += 1

    def execute(self) -> list[object]:
        return [self.node.execute_command() for _ in range(self.asked)]


class FailedOver:
    """A cluster whose first server is gone, which is known after a refresh only."""

    def __init__(self, failure: Exception) -> None:
        self.nodes = [Node(failure), Node(b"new")]

    def node_of(self, _: str) -> redis.Redis:
        return self.nodes[0]  # type: ignore[return-value]

    def primaries(self) -> list[redis.Redis]:
        return list(self.nodes)  # type: ignore[arg-type]

    def refresh(self) -> None:
        self.nodes = self.nodes[1:] or self.nodes


LOST = [redis.exceptions.ConnectionError("refused"), redis.exceptions.TimeoutError("late")]


class TestAsk:
    @pytest.mark.parametrize("failure", LOST)
    def test_meets_the_next_primary_after_a_lost_one(self, failure: Exception) -> None:
        connection = Connection(FailedOver(failure), Durability())
        with pytest.raises(StoreUnavailable):
            connection.ask("k", "GET", "k")

        assert connection.ask("k", "GET", "k") == b"new"


class TestAskPartitions:
    @pytest.mark.parametrize("failure", LOST)
    def test_meets_the_next_primary_after_a_lost_one(self, failure: Exception) -> None:
        connection = Connection(FailedOver(failure), Durability())
        with pytest.raises(StoreUnavailable):
            connection.ask_partitions([3], lambda _: [("TIME",)])

        assert connection.ask_partitions([3], lambda _: [("TIME",)]) == {3: [b"new"]}


class TestChange:
    @pytest.mark.parametrize("failure", LOST)
    def test_meets_the_next_primary_after_a_lost_one(self, failure: Exception) -> None:
        connection = Connection(FailedOver(failure), Durability())
        with pytest.raises(OutcomeUnknown):
            connection.change("k", "SET", "k", "1")

        assert connection.change("k", "SET", "k", "1") == b"new"


class TestWasRefusedWhole:
    @pytest.mark.parametrize(
        "said",
        [
            "OOM command not allowed when used memory > 'maxmemory'.",
            "READONLY You can't write against a read only replica.",
            "LOADING Valkey is loading the dataset in memory",
            "MISCONF Errors writing to the AOF file: No space left on device",
            "ERR Function not found",
        ],
    )
    def test_is_true_of_what_a_server_refuses_at_the_door(self, said: str) -> None:
        assert was_refused_whole(BaseParser.parse_error(said))  # type: ignore[no-untyped-call]

    @pytest.mark.parametrize(
        "said", ["NOPERM No permissions to access a channel", "NOREPLICAS Not enough good replicas"]
    )
    def test_is_false_of_what_a_function_may_meet_on_its_way(self, said: str) -> None:
        assert not was_refused_whole(BaseParser.parse_error(said))  # type: ignore[no-untyped-call]

    @pytest.mark.parametrize("failure", LOST)
    def test_is_false_of_a_lost_connection(self, failure: Exception) -> None:
        assert not was_refused_whole(failure)
