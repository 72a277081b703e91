"""`verify AUCTION`: whether an auction's ledgers add up to its stored states."""

import sys

from martelo.auctions.adapters.record.reading import SqlRecord
from martelo.auctions.adapters.valkey_keys import parse_auction_id
from martelo.auctions.adapters.valkey_setup import read_partitions
from martelo.auctions.adapters.valkey_store import ValkeyStore
from martelo.auctions.main.store import open_connection, start_logs
from martelo.auctions.settings import VerifySettings
from martelo.auctions.verify import verify
from martelo.runtime.postgresql import open_engine
from martelo.runtime.settings import load


def run(auction: str) -> None:
    """Print what is found, in the live store and in the record; exit with 1 where one differs."""
    settings = load(VerifySettings)
    start_logs(settings, "auctions-verify")
    connection, valkey = open_connection(settings)
    partitions = read_partitions(valkey)
    auction_id = parse_auction_id(auction, partitions)
    record = SqlRecord(
        open_engine(settings.database_url, application="auctions-verify", pool_size=1)
    )
    store = ValkeyStore(connection, partitions)
    found = [] if auction_id is None else verify(store, record, auction_id)
    if not found:
        sys.stdout.write(f"{auction}: no such auction\n")
    for each in found:
        verdict = "differs" if each.differences else "agrees"
        sys.stdout.write(f"{auction} {each.where}: {each.entries} entries, {verdict}\n")
        sys.stdout.writelines(f"  {difference}\n" for difference in each.differences)
    if not found or any(each.differences for each in found):
        raise SystemExit(1)
