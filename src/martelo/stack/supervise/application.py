"""Our own processes and one-offs: `python -m martelo.<context>.main <name>`."""

import sys
from collections.abc import Mapping
from signal import SIGKILL, SIGTERM

from martelo.stack.processes.child import Program
from martelo.stack.processes.probes import answers_http
from martelo.stack.settings import REPOSITORY
from martelo.stack.topology.process import OneOff, Process


class Application:
    """A process's kind, for its unit; `port` answers its probes."""

    def __init__(self, process: Process, port: int, environment: Mapping[str, str]) -> None:
        self.name = process.name
        self._process = process
        self._port = port
        self._environment = environment

    async def prepare(self) -> None:
        """Do nothing."""

    def program(self) -> Program:
        """Return the process's command line."""
        return python_program(self._process, self._environment)

    async def is_alive(self) -> bool:
        """Return whether `/healthz` answers 200."""
        return await answers_http(self._port, "/healthz")

    async def is_ready(self) -> bool:
        """Return whether `/readyz` answers 200."""
        return await answers_http(self._port, "/readyz")

    async def settle(self) -> None:
        """Do nothing."""


def python_program(item: Process | OneOff, environment: Mapping[str, str]) -> Program:
    """Return the command line of a process or a one-off."""
    return Program(
        command=[sys.executable, "-m", f"martelo.{item.context}.main", item.argument],
        environment=environment,
        folder=REPOSITORY,
        stop_signal=item.stop_signal if isinstance(item, Process) else SIGTERM,
        death_signal=item.death_signal if isinstance(item, Process) else SIGKILL,
    )
