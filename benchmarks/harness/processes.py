"""Servers under test: started on a free loopback port, ended by process id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.cpu import CpuMeter
from engines.ports import free_port

READY_WITHIN_S = 30.0
STOPS_WITHIN_S = 25.0
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Running:
    """A server that accepts connections; `log` is its output."""

    name: str
    port: int
    pid: int
    log: Path

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def cpu(self) -> CpuMeter:
        """The CPU meter of its process tree."""
        return CpuMeter(self.pid)


@contextmanager
def running(
    module: str, *words: str, folder: Path, settings: Mapping[str, str]
) -> Iterator[Running]:
    """Run `python -m module words…` with `MARTELO_PORT` set; yield once it accepts connections.

    Raises:
        RuntimeError: It ended, or did not listen in time.
    """
    name, port = "-".join([module.rpartition(".")[2], *words]), free_port()
    log = folder / f"{name}-{port}.log"
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            env={**environment(), **settings, "MARTELO_PORT": str(port)},
            stdout=written,
            stderr=written,
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        _wait_until_it_listens(process, port, log)
        yield Running(name, port, process.pid, log)
    finally:
        end(process)


def environment() -> dict[str, str]:
    """Return the complete environment of every server, apart from its settings."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src"), str(ROOT / "tests")]),
        "MARTELO_ENV": "development",
        "MARTELO_HOST": "127.0.0.1",
        "MARTELO_RATE_LIMITS": "off",
    }


def end(process: "subprocess.Popen[bytes]") -> None:
    """Stop a process with SIGTERM, or kill its session after a time limit."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        output = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        if process.poll() is not None:
            raise RuntimeError(f"{log.stem} ended with {process.returncode}:\n{output}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{log.stem} does not listen:\n{output}")
        time.sleep(0.05)
