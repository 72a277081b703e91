"""The worker with the rights that a house gives it, and not more."""

from collections.abc import Iterator

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from engines.house import BRUNO, PARTITIONS, House
from martelo.auctions.adapters.live_store.connection import Connection, Durability
from martelo.auctions.adapters.live_store.finished_streams import ValkeyFinished
from martelo.auctions.adapters.live_store.ledgers import ValkeyLedgers
from martelo.auctions.adapters.live_store.outages import ValkeyOutages
from martelo.auctions.adapters.live_store.resumption import Resumption
from martelo.auctions.adapters.live_store.store import ValkeyStore
from martelo.auctions.adapters.record.migrate import migrate_record
from martelo.auctions.worker.ends import Ends
from martelo.auctions.worker.outage_hold import OutageHold
from martelo.auctions.worker.precedence import Precedence
from martelo.auctions.worker.purger import Purger
from martelo.auctions.worker.record_archiver import RecordArchiver
from martelo.auctions.worker.store_clock import StoreClock
from martelo.auctions.worker.trimmer import Trimmer
from martelo.runtime.postgresql.connections import DatabaseUnavailable
from martelo.runtime.postgresql.leadership import Leadership
from martelo.runtime.valkey.client import Valkey, connect
from martelo.stack.engines.valkey import USERS


@pytest.fixture
def limited(house: House) -> Iterator[Valkey]:
    """Return the store as the auctions' own user sees it."""
    (node,) = house.valkey.primaries()
    node.execute_command(  # type: ignore[no-untyped-call]
        "ACL", "SETUSER", "auctions", "reset", "on", ">secret", *USERS["auctions"].split()
    )
    yield connect(house.valkey_server.url.replace("//", "//auctions:secret@"), timeout_s=5)
    node.execute_command("ACL", "DELUSER", "auctions")  # type: ignore[no-untyped-call]


class TestWorker:
    def test_does_all_its_work_with_the_user_of_its_context(
        self, house: House, limited: Valkey
    ) -> None:
        connection = Connection(limited, Durability())
        store = ValkeyStore(connection, PARTITIONS)
        source = ValkeyLedgers(connection, limited, PARTITIONS)
        leadership = Leadership(house.database_url, 11, application="test")
        keeper = RecordArchiver(
            leadership, store, source, house.archive, PARTITIONS, Precedence(), house.metrics
        )
        clock = StoreClock(Resumption(connection).token, house.metrics)
        outages = ValkeyOutages(connection, PARTITIONS)
        hold = OutageHold(outages, house.metrics)
        ends = Ends(store, source, PARTITIONS, 0, Precedence(), clock, hold, house.metrics)
        outages.beat()
        Resumption(connection).request()
        store.check_writes()
        assert store.server_states()
        store.erase_names([(house.open(), 0)])
        over = house.open_to_end_at(store.now_ms() - 1_000, 5)
        lot = house.open()
        purger = Purger(
            store, source, house.archive, keeper, kept_ms=-60_000, metrics=house.metrics
        )

        ends.step()
        ends.look()
        keeper.step()
        keeper.listen()
        house.bid(lot, BRUNO, 20_000)
        keeper.listen()
        while not house.archived_entries(lot):
            keeper.step()
        purger.step()
        Trimmer(
            store, ValkeyFinished(connection, PARTITIONS), house.archive, keeper, house.metrics
        ).step()

        assert store.read_many(over) == {}
        keeper.release()


class TestMigrateRecord:
    def test_changes_nothing_when_run_again(self, house: House) -> None:
        auction_id = house.open()
        house.archive_all(auction_id)

        migrate_record(house.owner_url, house.database_url)

        assert house.record.read(auction_id, 0) is not None

    def test_takes_the_server_of_two_that_answers(self, house: House) -> None:
        port = str(house.postgresql.port)
        two_hosts = house.owner_url.replace(f"127.0.0.1:{port}", f"127.0.0.1:1,127.0.0.1:{port}")

        migrate_record(f"{two_hosts}?target_session_attrs=read-write", None)

    def test_says_that_no_server_answers(self, house: House) -> None:
        nowhere = house.owner_url.replace(f":{house.postgresql.port}", ":1")

        with pytest.raises(DatabaseUnavailable):
            migrate_record(nowhere, None)

    @pytest.mark.parametrize("statement", ["DROP TABLE auction", "CREATE TABLE mine (id int)"])
    def test_leaves_the_runtime_role_no_right_to_change_tables(
        self, house: House, statement: str
    ) -> None:
        with house.engine.connect() as connection, pytest.raises(ProgrammingError) as raised:
            connection.execute(text(statement))

        assert isinstance(raised.value.orig, InsufficientPrivilege)
