"""Connections to real servers: what is answered, what was not sent, what may have happened."""

import datetime as dt
import ipaddress
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engines.ports import free_port
from engines.valkey import ValkeyServer, redis_binary, running, valkey_binary
from martelo.runtime.valkey.client import connect
from martelo.runtime.valkey.connection_pool import ConnectionPool, NotSent

THREADS, ROUNDS = 8, 200
MANY = 150
"""More than any pool of redis-py's makes connections by itself."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    with running(ValkeyServer(valkey_binary(), tmp_path_factory.mktemp("connections"))) as server:
        yield server


def pool_to(url: str, *, timeout_s: float = 5) -> ConnectionPool:
    return connect(url, timeout_s=timeout_s).pool_of("any")


class TestExchange:
    def test_answers_each_command_in_its_turn(self, server: ValkeyServer) -> None:
        pool = pool_to(server.url)

        assert pool.exchange(("SET", "k", b"\xff\0"), ("GET", "k"), ("INCR", "n"), ("GET", "")) == [
            True,
            b"\xff\0",
            1,
            None,
        ]

    def test_shapes_replies_as_the_client_does(self, server: ValkeyServer) -> None:
        pool = pool_to(server.url)
        pool.exchange(("ZADD", "z", 5, "five"), ("XADD", "x", "1-1", "f", "v"))

        scored, rows, clock = pool.exchange(
            ("ZRANGE", "z", 0, -1, "WITHSCORES"), ("XRANGE", "x", "-", "+"), ("TIME",)
        )

        assert scored == [(b"five", 5.0)]
        assert rows == [(b"1-1", {b"f": b"v"})]
        assert [type(part) for part in clock] == [int, int]

    def test_hands_an_error_back_in_its_place(self, server: ValkeyServer) -> None:
        pool = pool_to(server.url)

        wrong, right = pool.exchange(("LPUSH", "k", "v"), ("PING",))

        assert isinstance(wrong, redis.exceptions.ResponseError)
        assert right is True

    def test_reads_a_reply_larger_than_one_read(self, server: ValkeyServer) -> None:
        pool, text = pool_to(server.url), b"x" * 300_000

        assert pool.exchange(("SET", "long", text), ("GET", "long")) == [True, text]

    def test_keeps_threads_apart(self, server: ValkeyServer) -> None:
        pool, wrong = pool_to(server.url), []

        def ask(name: str) -> None:
            for count in range(ROUNDS):
                word = f"{name}-{count}".encode()
                if pool.exchange(("ECHO", word)) != [word]:
                    wrong.append(word)

        threads = [threading.Thread(target=ask, args=(str(n),)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert wrong == []

    def test_says_that_nothing_was_sent_where_nobody_listens(self) -> None:
        with pytest.raises(NotSent):
            pool_to(f"valkey://127.0.0.1:{free_port()}/0").exchange(("PING",))

    def test_gives_up_in_time_and_never_takes_the_late_reply(self, server: ValkeyServer) -> None:
        pool = pool_to(server.url, timeout_s=2)
        pool.exchange(("PING",))
        server.send(signal.SIGSTOP)
        try:
            with pytest.raises(redis.exceptions.TimeoutError):
                pool.exchange(("ECHO", "late"))
        finally:
            server.send(signal.SIGCONT)

        assert pool_to(server.url).exchange(("PING",)) == [True]
        assert pool.exchange(("ECHO", "next")) == [b"next"]

    def test_loses_what_a_killed_server_was_asked(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # So that the connection is not looked at first, however long the kill takes.
        monkeypatch.setattr("martelo.runtime.valkey.connection_pool.IDLE_S", 60.0)
        with running(ValkeyServer(valkey_binary(), tmp_path / "killed")) as killed:
            pool = pool_to(killed.url)
            pool.exchange(("PING",))
            killed.kill()

            with pytest.raises(redis.exceptions.ConnectionError) as lost:
                pool.exchange(("PING",))

            assert not isinstance(lost.value, NotSent)
            with pytest.raises(NotSent):
                pool.exchange(("PING",))
            killed.start()
            assert pool.exchange(("PING",)) == [True]

    def test_comes_back_however_often_nobody_listened_or_hung_up(self, tmp_path: Path) -> None:
        with running(ValkeyServer(valkey_binary(), tmp_path / "away")) as away:
            pool = pool_to(away.url)
            away.kill()
            for _ in range(MANY):
                with pytest.raises(NotSent):
                    pool.exchange(("PING",))
            away.start()

            for _ in range(MANY):
                with pytest.raises(redis.exceptions.ConnectionError):
                    pool.exchange(("PING",), ("QUIT",), ("PING",))

            assert pool.exchange(("PING",)) == [True]

    def test_does_not_use_a_line_that_was_closed_while_idle(
        self, server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pool = pool_to(server.url)
        pool.exchange(("PING",))
        with server.client() as other:
            other.client_kill_filter(_type="normal", skipme=True)
        monkeypatch.setattr("martelo.runtime.valkey.connection_pool.IDLE_S", 0.0)

        assert pool.exchange(("PING",)) == [True]


class TestAddresses:
    def test_may_name_a_user_and_a_database(self, server: ValkeyServer) -> None:
        with server.client() as admin:
            words: Any = ("ACL", "SETUSER", "bidder", "on", ">se/cret", "~*", "+@all", "-keys")
            admin.execute_command(*words)
        pool = pool_to(f"valkey://bidder:se%2Fcret@127.0.0.1:{server.port}/3")

        who, database, forbidden = pool.exchange(
            ("ACL", "WHOAMI"), ("CLIENT", "INFO"), ("KEYS", "*")
        )

        assert who == b"bidder"
        assert b" db=3 " in database
        assert isinstance(forbidden, redis.exceptions.NoPermissionError)

    def test_are_not_sent_to_with_a_wrong_password(self, server: ValkeyServer) -> None:
        with pytest.raises(NotSent):
            pool_to(f"valkey://nobody:wrong@127.0.0.1:{server.port}/0").exchange(("PING",))

    def test_may_be_secured_by_tls(self, tmp_path: Path) -> None:
        port, (certificate, key) = free_port(), make_certificate(tmp_path)
        options = (
            *("--tls-port", str(port), "--tls-cert-file", str(certificate)),
            *("--tls-key-file", str(key), "--tls-auth-clients", "no"),
        )
        with running(ValkeyServer(redis_binary(), tmp_path / "tls", *options)) as secured:
            pool = pool_to(f"valkeys://127.0.0.1:{port}/0?ssl_ca_certs={certificate}", timeout_s=2)
            assert pool.exchange(("SET", "k", "v" * 100_000), ("STRLEN", "k")) == [True, 100_000]

            secured.send(signal.SIGSTOP)
            try:
                with pytest.raises(redis.exceptions.TimeoutError):
                    pool.exchange(("PING",))
            finally:
                secured.send(signal.SIGCONT)

            with pytest.raises(NotSent, match="certificate"):
                pool_to(f"valkeys://127.0.0.1:{port}/0").exchange(("PING",))


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Return the files of a certificate for 127.0.0.1 and of its key."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "store")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "store.crt", folder / "store.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    return files
