"""What the topology is written in: processes, one-offs, and the contexts they belong to."""

import signal
from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """When a process is stopped: workers first, engines last."""

    WORKER = 1
    GATEWAY = 2
    API = 3
    DATABASE = 4
    ENGINE = 5


class Growth(Enum):
    """How a process makes use of more cores."""

    NONE = "none"
    WORKERS = "workers"
    """Workers behind its one port, started by the server it runs on."""
    PROCESSES = "processes"
    """Further processes, each with a port and a name of its own."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of the stack.

    `context` is the package whose `main` runs with `argument`; an engine has neither.
    `ports` maps a port's name to its default: `http` serves requests, `side` health only.
    `needs` must be up first; `after` only orders the start when both are started.
    `calls` are the arrows of the network policies.
    `settings` are the environment names that it reads: those of its `Settings` class, and no other
    setting reaches it. `reaches_internet`: it is given the proxies of the launcher, too.
    `pool_size` is the maximum of PostgreSQL connections of each of its workers, over all threads;
    `worker_mb` is what each worker after the first adds to `budget_mb`.
    The further process number `n` listens on port `further_ports + n`; `first` is the process it
    is a copy of.
    `death_signal` is what the kernel sends when the launcher dies: TERM for those that end their
    own children. `demo`: only where the demo is wanted, and after everything else.
    """

    name: str
    stage: Stage
    ports: dict[str, int]
    budget_mb: int
    context: str = ""
    argument: str = ""
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    reaches_internet: bool = False
    pool_size: int = 0
    growth: Growth = Growth.NONE
    workers: int = 1
    worker_mb: int = 0
    further_ports: int = 0
    first: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    demo: bool = False

    @property
    def health_port(self) -> str:
        """The name of the port that answers probes."""
        return f"{self.name}-side" if {"http", "side"} <= self.ports.keys() else self.name


@dataclass(frozen=True, kw_only=True)
class OneOff:
    """A command that runs once at a start, as `python -m martelo.CONTEXT.main ARGUMENT`.

    `demo`: only where the demo is wanted. `on_request`: only at a start that names it.
    """

    name: str
    context: str
    argument: str
    needs: tuple[str, ...]
    settings: tuple[str, ...]
    demo: bool = False
    on_request: bool = False


@dataclass(frozen=True, kw_only=True)
class Context:
    """One context: what of it runs, and which rights it has.

    `name` is its package. `identity` is the name of its API (`/openapi/IDENTITY.json`,
    `IDENTITY_URL`), its database, its Valkey user and its service key.
    `api` is the process that serves `/openapi.json`, if any. `valkey_rights` are those of its ACL
    user; without them it has none. `service_scopes` are what it may do at other contexts with its
    service key; without them it has no key. `switch`: the setting of the launcher that is `yes`
    where the context runs; without one it always does.
    """

    name: str
    identity: str
    processes: tuple[Process, ...]
    one_offs: tuple[OneOff, ...] = ()
    api: str = ""
    has_database: bool = False
    valkey_rights: str = ""
    service_scopes: tuple[str, ...] = ()
    switch: str = ""


COMMON_SETTINGS = (
    "MARTELO_ENV",
    "MARTELO_HOST",
    "MARTELO_LIMITS_FOLDER",
    "MARTELO_LOG_FORMAT",
    "MARTELO_LOG_LEVEL",
    "MARTELO_PORT",
    "MARTELO_RATE_LIMITS",
    "MARTELO_WORKERS",
)
"""What every process of a context reads."""

SERVER_SETTINGS = (*COMMON_SETTINGS, "MARTELO_SIDE_PORT", "PROMETHEUS_MULTIPROC_DIR")
"""What every API on granian reads."""

VALKEY_SETTINGS = (
    "VALKEY_URL",
    "REDIS_HOST",
    "REDIS_PORT",
    "REDIS_DB",
    "VALKEY_WAIT_REPLICAS",
    "VALKEY_WAIT_TIMEOUT_MS",
    "VALKEY_TIMEOUT_MS",
)
"""What every process of the live store reads."""

# `-@dangerous` after the groups takes back KEYS, FLUSHALL, CONFIG, DEBUG and the like; `-function`
# takes back FUNCTION LOAD, which is a write. Functions call commands with their caller's rights.
VALKEY_COMMANDS = (
    "+@read +@write +@pubsub +@connection +@transaction -@dangerous -function "
    "+fcall +fcall_ro +info +wait +time"
)
"""What a context that owns keys may do with them."""
