"""`verify AUCTION…`: whether the ledgers of auctions add up to their stored states."""

import sys
from collections.abc import Sequence

from martelo.auctions.adapters.live_store.keys import parse_auction_id
from martelo.auctions.adapters.live_store.setup import read_partitions
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.adapters.record.reading import SqlRecord
from martelo.auctions.main.store import open_connection
from martelo.auctions.ports.failures import RecordUnavailable, StoreUnavailable
from martelo.auctions.settings import VerifySettings
from martelo.auctions.verification import Verified, verify
from martelo.runtime.postgresql.connections import open_engine
from martelo.runtime.process.commands import Command


def run(settings: VerifySettings, auctions: Sequence[str]) -> None:
    """Print what is found, in the live store and in the record; exit with 1 where one differs."""
    connection, valkey = open_connection(settings)
    partitions = read_partitions(valkey)
    record = SqlRecord(
        open_engine(settings.database_url, application="auctions-verify", pool_size=1)
    )
    store = ValkeyStore(connection, partitions)
    all_agree = True
    for auction in auctions:
        auction_id = parse_auction_id(auction, partitions)
        found = [] if auction_id is None else verify(store, record, auction_id)
        all_agree &= _print(auction, found)
    if not all_agree:
        raise SystemExit(1)


def _print(auction: str, found: Sequence[Verified]) -> bool:
    """Print what was found of one auction; return whether it is known and everything agrees."""
    if not found:
        sys.stdout.write(f"{auction}: no such auction\n")
    for each in found:
        verdict = "differs" if each.differences else "agrees"
        sys.stdout.write(f"{auction} {each.where}: {each.entries} entries, {verdict}\n")
        sys.stdout.writelines(f"  {difference}\n" for difference in each.differences)
    return bool(found) and not any(each.differences for each in found)


COMMAND = Command(
    name="auctions-verify",
    settings=VerifySettings,
    run=run,
    arguments={"auctions": "+"},
    unavailable=(RecordUnavailable, StoreUnavailable),
)
