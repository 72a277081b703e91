"""What a running launcher does when a command reaches it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from martelo.stack.engines.pair import Pair
from martelo.stack.errors import StackError
from martelo.stack.folder import DataFolder
from martelo.stack.processes.guard import Guard
from martelo.stack.supervise.status import gather_status
from martelo.stack.supervise.supervisor import Supervisor

READY_S = 60.0


class Commands:
    """Answers the requests of the control socket."""

    def __init__(
        self,
        supervisor: Supervisor,
        pair: Pair | None,
        guard: Guard,
        stop: Callable[[], None],
        folder: DataFolder,
    ) -> None:
        self._supervisor = supervisor
        self._pair = pair
        self._guard = guard
        self._stop = stop
        self._folder = folder
        self._table: dict[str, Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]] = {
            "place": self._place,
            "status": self._status,
            "down": self._down,
            "restart": self._restart,
            "kill": self._kill,
            "pause": self._pause,
            "resume": self._resume,
            "failover": self._failover,
            "environment": self._environment,
        }

    async def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what `request` asks and return the answer.

        Raises:
            StackError: It cannot be done.
        """
        return await self._table[request["command"]](request)

    async def _place(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"place": self._supervisor.place}

    async def _status(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        return await gather_status(self._supervisor, self._guard, self._folder)

    async def _down(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._stop()
        return {}

    async def _restart(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        unit = self._supervisor.find(request["name"])
        began = time.monotonic()
        try:
            async with asyncio.timeout(READY_S):
                await unit.restart()
        except TimeoutError as error:
            raise StackError(
                f"{unit.name} is {unit.state.value} {READY_S:.0f} s after its restart; "
                f"look at ./martelo logs {unit.name}."
            ) from error
        return {"seconds": time.monotonic() - began}

    async def _kill(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._supervisor.find(request["name"]).kill(float(request.get("hold_s", 0)))
        return {}

    async def _pause(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._supervisor.find(request["name"]).pause()
        return {}

    async def _resume(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._supervisor.find(request["name"]).resume()
        return {}

    async def _failover(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._pair is None or not self._pair.with_standby:
            raise StackError("This stack runs without a standby.")
        began = time.monotonic()
        await self._supervisor.fail_over(self._pair)
        return {"seconds": time.monotonic() - began, "port": self._pair.primary.port}

    async def _environment(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        context = request["context"]
        return {"environment": self._supervisor.environment.of_context(context)}
