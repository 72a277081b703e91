"""Valkey: the live store, durable before it answers, one ACL user a context."""

import hashlib
import os
from pathlib import Path

from martelo.stack.credentials import write_private
from martelo.stack.engines import binaries
from martelo.stack.engines.engine_user import EngineUser, engine_environment
from martelo.stack.processes.child import Program
from martelo.stack.processes.probes import answers_ping
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


class Valkey:
    """The server's kind, for its unit."""

    name = "valkey"

    def __init__(
        self, folder: Path, port: int, passwords: dict[str, str], engine_user: EngineUser
    ) -> None:
        self._folder = folder
        self._port = port
        self._passwords = passwords
        self._engine_user = engine_user

    async def prepare(self) -> None:
        """Write the settings and the users."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
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
        """Return whether it answers PING."""
        return await answers_ping(self._port, "probe", self._passwords["probe"])

    async def is_ready(self) -> bool:
        """Return whether it answers PING: while it loads its log it does not."""
        return await self.is_alive()

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
