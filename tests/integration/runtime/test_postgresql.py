"""Connections to a real server, as the system keeps them."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.postgresql import PostgresqlServer, start_postgresql
from martelo.runtime.postgresql.connections import connect


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresqlServer]:
    started = start_postgresql(tmp_path / "postgresql")
    yield started
    started.stop()


class TestConnect:
    def test_has_silent_servers_probed(self, server: PostgresqlServer) -> None:
        with (
            connect(server.url(), application="test") as connection,
            socket.socket(fileno=connection.fileno()) as line,
        ):
            probed = line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            every_s = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
            line.detach()

        assert (bool(probed), every_s) == (True, 2)
