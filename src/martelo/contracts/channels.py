"""Names of the live store that contexts share; their contents belong to auctions."""

FINISHED_CHANNEL = "leiloes_finalizados"
"""Pub/Sub: one `AuctionFinished` per end. A hint that may be lost; the stream is durable."""

PARTITIONS_KEY = "martelo:partitions"
"""The partition count of the store, written once when the store is first used."""


def finished_stream(partition: int) -> str:
    """Return the stream of a partition's finished auctions; its entries hold one field, `event`."""
    return f"{{p{partition:02d}}}:finished"
