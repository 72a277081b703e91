"""Valkey: the live store, durable before it answers, one ACL user a context."""

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from martelo.stack.credentials import write_private
from martelo.stack.engines import binaries
from martelo.stack.engines.append_only_file import cut_torn_end
from martelo.stack.engines.engine_user import EngineUser, engine_environment
from martelo.stack.processes.child import Program
from martelo.stack.processes.probes import (
    answers_ping,
    read_loading_percent,
    read_valkey_info,
)
from martelo.stack.topology import plan

SETTINGS = """\
# Written by the launcher at every start.
bind 127.0.0.1
port {port}
# Relative to the folder it is started in, whose path then needs no quotes.
dir .
aclfile users.acl
daemonize no
appendonly yes
appendfsync always
# The launcher cuts off what is incomplete, after a copy.
aof-load-truncated no
save ""
maxmemory {max_bytes}
maxmemory-policy noeviction
"""

MEMORY_SHARE = 4
"""The server may use one part in so many of the machine's memory."""

USERS = {
    "admin": "~* &* +@all",
    "probe": "resetchannels -@all +ping +info",
    **plan.VALKEY_RIGHTS,
}


LOADING_REPORT_S = 5.0


@dataclass(frozen=True, slots=True)
class StoreMemory:
    """How much memory the data take, and how much they may take."""

    used_bytes: int
    max_bytes: int


class Valkey:
    """The server's kind, for its unit."""

    name = "valkey"

    def __init__(
        self,
        folder: Path,
        port: int,
        passwords: dict[str, str],
        engine_user: EngineUser,
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._port = port
        self._passwords = passwords
        self._engine_user = engine_user
        self._say = say
        self._starts_until_ready = 0
        self._reported_at = 0.0

    async def prepare(self) -> None:
        """Write the settings and the users; mend the log if the last start did not load it.

        Raises:
            StackError: The log cannot be mended.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._starts_until_ready += 1
        if self._starts_until_ready > 1:
            # Only then: to parse a log of gigabytes takes as long as to load it.
            done = await asyncio.to_thread(cut_torn_end, self._folder)
            if done is not None:
                self._say(done)
        settings = SETTINGS.format(port=self._port, max_bytes=physical_bytes() // MEMORY_SHARE)
        write_private(self._folder / "valkey.conf", settings)
        write_private(self._folder / "users.acl", render_users(self._passwords))
        self._engine_user.give_ownership(self._folder)

    def program(self) -> Program:
        """Return the server's command line."""
        return Program(
            command=[str(binaries.valkey_server()), "valkey.conf"],
            environment=engine_environment(),
            folder=self._folder,
            shim_options=self._engine_user.shim_options,
        )

    async def is_alive(self) -> bool:
        """Return whether it answers, be it that it is loading its log."""
        if await answers_ping(self._port, "probe", self._passwords["probe"]):
            return True
        percent = await read_loading_percent(self._port, "probe", self._passwords["probe"])
        if percent is not None and time.monotonic() - self._reported_at >= LOADING_REPORT_S:
            self._reported_at = time.monotonic()
            self._say(f"valkey is loading its log ({percent:.0f} %)")
        return percent is not None

    async def is_ready(self) -> bool:
        """Return whether it answers PING: while it loads its log it does not."""
        is_ready = await answers_ping(self._port, "probe", self._passwords["probe"])
        if is_ready:
            self._starts_until_ready = 0
        return is_ready

    async def read_memory(self) -> StoreMemory | None:
        """Return how full it is; `None` if it does not answer."""
        info = await read_valkey_info(self._port, "probe", self._passwords["probe"], "memory")
        if not {"used_memory", "maxmemory"} <= info.keys():
            return None
        return StoreMemory(int(info["used_memory"]), int(info["maxmemory"]))

    async def settle(self) -> None:
        """Do nothing: the contexts load their functions."""


def physical_bytes() -> int:
    """Return the memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def render_users(passwords: dict[str, str]) -> str:
    """Return the ACL file: the default user off, everyone else with a password's digest."""
    lines = ["user default off"]
    for name, rights in USERS.items():
        digest = hashlib.sha256(passwords[name].encode()).hexdigest()
        lines.append(f"user {name} on #{digest} {rights}")
    return "\n".join(lines) + "\n"
