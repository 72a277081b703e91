"""The record by person: what it holds of one, and the erasure of names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, literal, or_, select, union
from sqlalchemy.dialects.postgresql import insert

from martelo.auctions.adapters.record import tables
from martelo.auctions.adapters.record.reading import read_names
from martelo.auctions.adapters.record.rows import STATE_COLUMNS, auction_of, entry_of
from martelo.auctions.domain.auction import Status
from martelo.auctions.domain.masking import SELLER_NUMBER
from martelo.auctions.ports.failures import RecordUnavailable
from martelo.auctions.ports.people import Act, Held, Place
from martelo.auctions.ports.readings import Reading, shown_numbers
from martelo.kernel.ids import AccountId, AuctionId
from martelo.runtime.postgresql.connections import DatabaseUnavailable, named_faults

ACTS = ("bid", "raise", "closed")


class SqlPeople:
    """`People` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def held(self, account_id: AccountId) -> Held:
        auction, ledger, name = tables.auction.c, tables.ledger_entry, tables.person_name.c
        selling = select(*STATE_COLUMNS).where(auction.seller_id == account_id)
        winning = select(*STATE_COLUMNS).where(
            auction.leader_id == account_id, auction.status == Status.SOLD.value
        )
        acting = select(ledger).where(ledger.c.account_id == account_id, ledger.c.type.in_(ACTS))
        named = select(name.name).where(name.account_id == account_id).distinct()
        with self._transaction() as connection:
            return Held(
                names=sorted(connection.scalars(named)),
                lots=_readings(connection, selling.order_by(auction.created_at_ms, auction.id)),
                wins=_readings(connection, winning.order_by(auction.closed_at_ms, auction.id)),
                acts=[
                    Act(AuctionId(row.auction_id), entry_of(row))
                    for row in connection.execute(
                        acting.order_by(ledger.c.at_ms, ledger.c.auction_id, ledger.c.seq)
                    )
                ],
            )

    def open_lots(self, account_id: AccountId) -> list[AuctionId]:
        auction, bidder = tables.auction.c, tables.bidder.c
        taken = select(bidder.auction_id).where(bidder.account_id == account_id)
        selected = select(auction.id).where(
            auction.status == Status.OPEN.value,
            or_(auction.seller_id == account_id, auction.id.in_(taken)),
        )
        with self._transaction() as connection:
            return [AuctionId(each) for each in connection.scalars(selected.order_by(auction.id))]

    def places(self, account_id: AccountId) -> list[Place]:
        with self._transaction() as connection:
            return _places(connection, account_id)

    def erase_names(self, account_id: AccountId) -> None:
        closed, name = tables.closed_account, tables.person_name
        noted = insert(closed).values(account_id=account_id).on_conflict_do_nothing()
        with self._transaction() as connection:
            connection.execute(noted)
        # Whoever is archiving began before the account was closed for it, or sees it closed.
        auction = tables.auction.c
        with self._transaction() as connection:
            ids = sorted({place.auction_id for place in _places(connection, account_id)})
            locked = select(auction.id).where(auction.id.in_(ids)).order_by(auction.id)
            connection.execute(locked.with_for_update())
            connection.execute(delete(name).where(name.c.account_id == account_id))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with named_faults(), self._engine.begin() as connection:
                yield connection
        except DatabaseUnavailable as error:
            raise RecordUnavailable(str(error)) from error


def _readings(connection: Connection, statement: Select[Any]) -> list[Reading]:
    auctions = [auction_of(row) for row in connection.execute(statement)]
    names = read_names(connection, {each.id: {*shown_numbers(each)} for each in auctions})
    return [Reading(each, each.at_ms, 0, (), names=names[each.id]) for each in auctions]


def _places(connection: Connection, account_id: AccountId) -> list[Place]:
    auction, bidder = tables.auction.c, tables.bidder.c
    sold = select(auction.id, literal(SELLER_NUMBER).label("number"), auction.live)
    taken = select(bidder.auction_id, bidder.number, auction.live).join_from(
        tables.bidder, tables.auction, auction.id == bidder.auction_id
    )
    rows = connection.execute(
        union(
            sold.where(auction.seller_id == account_id),
            taken.where(bidder.account_id == account_id),
        )
    )
    return [Place(AuctionId(row.id), row.number, row.live) for row in rows]
