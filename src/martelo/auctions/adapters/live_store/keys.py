"""The keys of the live store: the one place that builds them (auction rules, section 15).

Every key of an auction carries its partition's hash tag, and the auction's id names its
partition, so no look-up is needed and a Cluster keeps a partition on one node.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cache

from martelo.contracts.channels import finished_stream
from martelo.kernel.ids import AccountId, AuctionId

MAX_PARTITIONS = 100
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_LENGTH = 13
_ID = re.compile(rf"([0-9]{{2}})-[{_ALPHABET}]{{{_RANDOM_LENGTH}}}", re.ASCII)

RESUMPTION_KEY = "martelo:resumption"
"""Changes when an operator asks the workers to close again."""

HEARTBEAT_KEY, OUTAGES_KEY = "{p00}:heartbeat", "{p00}:outages"
"""When bids could last be placed, and the times in which they could not."""

LIVE_CHANNELS = "{p*}:a:*:live"
"""The pattern of every auction's channel."""


def parse_auction_id(text: str, partitions: int) -> AuctionId | None:
    """Return the id that `text` is, or `None` where it names no partition of this store."""
    matched = _ID.fullmatch(text)
    if matched is None or int(matched[1]) >= partitions:
        return None
    return AuctionId(text)


def random_auction_id(partitions: int) -> AuctionId:
    """Return a fresh id: 65 random bits, spread evenly over the partitions."""
    return _auction_id(secrets.token_bytes(16), partitions)


def derived_auction_id(account_id: AccountId, key: str, partitions: int) -> AuctionId:
    """Return the id that a creation with an idempotency key has, so that a retry meets it."""
    return _auction_id(hashlib.sha256(f"{account_id}\0{key}".encode()).digest(), partitions)


def _auction_id(digest: bytes, partitions: int) -> AuctionId:
    partition = int.from_bytes(digest[:2], "big") % partitions
    value = int.from_bytes(digest[2:12], "big")
    letters = "".join(_ALPHABET[value >> (5 * i) & 31] for i in range(_RANDOM_LENGTH))
    return AuctionId(f"{partition:02d}-{letters}")


def partition_of(auction_id: AuctionId) -> int:
    """Return the partition an id names."""
    return int(auction_id[:2])


@dataclass(frozen=True, slots=True)
class PartitionKeys:
    """The keys of one partition."""

    ends: str
    marks: str
    finished: str
    probe: str


@dataclass(frozen=True, slots=True)
class AuctionKeys:
    """The keys and the channel of one auction."""

    auction: str
    bids: str
    ledger: str
    keys: str
    viewers: str
    channel: str


@cache  # at most `MAX_PARTITIONS`
def partition_keys(partition: int) -> PartitionKeys:
    """Return the keys of `partition`."""
    tag = f"{{p{partition:02d}}}"
    return PartitionKeys(f"{tag}:ends", f"{tag}:marks", finished_stream(partition), f"{tag}:probe")


def auction_keys(auction_id: AuctionId) -> AuctionKeys:
    """Return the keys of an auction."""
    base = f"{{p{auction_id[:2]}}}:a:{auction_id}"
    return AuctionKeys(
        base, f"{base}:bids", f"{base}:ledger", f"{base}:keys", f"{base}:viewers", f"{base}:live"
    )


def auction_of_channel(channel: str) -> AuctionId:
    """Return the auction whose channel this is."""
    return AuctionId(channel.split(":")[2])
