"""The streams of ends as their owner keeps them: where they begin, who needs what, and trimming."""

from martelo.auctions.adapters.live_store.connection import Connection, Reply, Words
from martelo.auctions.adapters.live_store.keys import partition_keys


class ValkeyFinished:
    """`FinishedStreams` on `connection`, whose keys are spread over `partitions`."""

    def __init__(self, connection: Connection, partitions: int) -> None:
        self._connection = connection
        self._partitions = range(partitions)

    def oldest(self) -> dict[int, str]:

        def words(partition: int) -> list[Words]:
            return [("XRANGE", partition_keys(partition).finished, "-", "+", "COUNT", 1)]

        answers = self._connection.ask_partitions(self._partitions, words)
        return {at: rows[0][0].decode() for at, (rows,) in answers.items() if rows}

    def needed(self, partition: int) -> list[str]:
        stream = partition_keys(partition).finished
        groups = self._connection.ask(stream, "XINFO", "GROUPS", stream)
        return [self._needed_by(stream, _pairs(group)) for group in groups]

    def trim(self, partition: int, before: str) -> int:
        stream = partition_keys(partition).finished
        return int(self._connection.change(stream, "XTRIM", stream, "MINID", "=", before))

    def _needed_by(self, stream: str, group: dict[bytes, Reply]) -> str:
        """Return the oldest entry that a group has not acknowledged, else the last it was given."""
        if group[b"pending"]:
            summary = self._connection.ask(stream, "XPENDING", stream, group[b"name"])
            # redis-py makes a dictionary of what the server answers as a list.
            first = summary["min"] if isinstance(summary, dict) else summary[1]
            # Meanwhile all may have been acknowledged.
            if first is not None:
                return _text(first)
        return _text(group[b"last-delivered-id"])


def _pairs(flat: Reply) -> dict[bytes, Reply]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _text(stream_id: bytes) -> str:
    return stream_id.decode()
