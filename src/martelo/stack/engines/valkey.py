"""Valkey: the live store, durable before it answers, one ACL user a context."""

import hashlib
from pathlib import Path

from martelo.stack.credentials import write_private
from martelo.stack.engines import binaries
from martelo.stack.engines.footing import Footing, engine_environment
from martelo.stack.processes.child import Program
from martelo.stack.processes.probes import answers_ping

SETTINGS = """\
# Written by the launcher at every start.
bind 127.0.0.1
port {port}
# Relative to the folder it is started in: whatever its path is called needs no quotes.
dir .
aclfile users.acl
daemonize no
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
"""

# `-@dangerous` after the groups takes back KEYS, FLUSHALL, CONFIG, DEBUG and the like; `-function`
# takes back FUNCTION LOAD, which is a write. Functions call commands with their caller's rights.
CONTEXT_COMMANDS = (
    "+@read +@write +@pubsub +@connection +@transaction -@dangerous -function "
    "+fcall +fcall_ro +info +wait +time"
)

# A subscription by pattern must be granted word for word: the worker follows every auction.
LIVE_CHANNELS = "{p*}:a:*:live"

# The agent reads ends and what it has read of them: one group of its own on each stream.
AGENT_COMMANDS = (
    "-@all +ping +client|setinfo +get +xgroup|create +xreadgroup +xautoclaim +xack +xinfo|groups "
    "+subscribe +unsubscribe"
)

USERS = {
    "admin": "~* &* +@all",
    "probe": "resetchannels -@all +ping +info",
    "auctions": (
        f"~{{p* ~martelo:* resetchannels &{{p* &{LIVE_CHANNELS} &leiloes_finalizados "
        f"{CONTEXT_COMMANDS}"
    ),
    "agent": (
        "~{p*}:finished %R~martelo:partitions resetchannels &leiloes_finalizados "
        f"{AGENT_COMMANDS}"
    ),
    "accounts": f"~accounts:* resetchannels &accounts:* {CONTEXT_COMMANDS}",
}


class Valkey:
    """The server's kind, for its unit."""

    name = "valkey"

    def __init__(
        self, folder: Path, port: int, passwords: dict[str, str], footing: Footing
    ) -> None:
        self._folder = folder
        self._port = port
        self._passwords = passwords
        self._footing = footing

    async def prepare(self) -> None:
        """Write the settings and the users."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        settings = SETTINGS.format(port=self._port)
        write_private(self._folder / "valkey.conf", settings)
        write_private(self._folder / "users.acl", render_users(self._passwords))
        self._footing.give(self._folder)

    def program(self) -> Program:
        """Return the server's command line."""
        return Program(
            command=[str(binaries.valkey_server()), "valkey.conf"],
            environment=engine_environment(),
            folder=self._folder,
            shim_options=self._footing.shim_options,
        )

    async def is_alive(self) -> bool:
        """Tell whether it answers PING."""
        return await answers_ping(self._port, "probe", self._passwords["probe"])

    async def is_ready(self) -> bool:
        """Tell whether it answers PING: while it loads its log it does not."""
        return await self.is_alive()

    async def settle(self) -> None:
        """Do nothing: the contexts load their functions."""


def render_users(passwords: dict[str, str]) -> str:
    """Return the ACL file: the default user off, everyone else with a password's digest."""
    lines = ["user default off"]
    for name, rights in USERS.items():
        digest = hashlib.sha256(passwords[name].encode()).hexdigest()
        lines.append(f"user {name} on #{digest} {rights}")
    return "\n".join(lines) + "\n"
