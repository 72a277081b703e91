"""One table of processes: what runs, where, in which order, and who calls whom.

`plan` makes of it what runs on one machine, some of them several times. The launcher, the render of
the gateway, the checks of manifests and the diagram of the architecture read it; nothing here
starts anything.
"""

import signal
from collections.abc import Iterable
from dataclasses import dataclass, replace
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
    """Workers behind its one port, which the server it runs on starts itself."""
    PROCESSES = "processes"
    """Further processes, each with a port and a name of its own."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of the stack.

    `context` is the package whose `main` runs with `argument`; an engine has neither.
    `ports` maps a port's name to its default: `http` is the one that serves, `side` health only.
    `needs` must be up first; `after` only orders the start when both are started.
    `calls` are the arrows of the network policies. `settings` are environment names that the stack
    gives; `handed_on` are those it hands on from its own environment where they are set there, and
    keeps from every process that does not name them: they are secrets of a house.
    `pool_size` is how many connections each of its workers keeps to PostgreSQL at most, over all
    its threads; `worker_mb` is what each worker after the first adds to `budget_mb`.
    `further_ports`: where its `n`th process listens, less `n`; `first` is whose further one it is.
    `death_signal` is what the kernel sends when the launcher dies: TERM for those who end their
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
    handed_on: tuple[str, ...] = ()
    pool_size: int = 0
    growth: Growth = Growth.NONE
    workers: int = 1
    worker_mb: int = 0
    further_ports: int = 0
    first: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class OneOff:
    """A command of a context that runs once at a start, as `python -m martelo.auctions.main …`."""

    name: str
    context: str
    argument: str
    needs: tuple[str, ...]
    settings: tuple[str, ...]
    demo: bool = False


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
"""What every process of ours is given."""

MAX_WORKERS = 16
GROWS_WITH_CORES = "auctions-api"
"""The one that has as many workers as there are cores where nobody says how many."""

MAX_CONNECTIONS = 300
"""Of PostgreSQL: enough for the largest plan, since a standby may have no fewer than its primary
ever had, and one that is not used costs next to nothing."""

RESERVED_CONNECTIONS = 20
"""Of them: for probes, migrations, one-offs and people."""

ENGINES = (
    Process(name="valkey", stage=Stage.ENGINE, ports={"main": 6379}, budget_mb=20),
    Process(
        name="postgresql",
        stage=Stage.DATABASE,
        ports={"main": 5432},
        budget_mb=75,
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGQUIT,
    ),
    Process(
        name="postgresql-replica",
        stage=Stage.ENGINE,
        ports={"main": 5433},
        budget_mb=45,
        needs=("postgresql",),
        calls=("postgresql",),
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGQUIT,
    ),
)

APPLICATIONS = (
    Process(
        name="storefront",
        stage=Stage.API,
        context="storefront",
        argument="web",
        ports={"http": 8000},
        needs=("valkey", "postgresql", "storefront-migrate"),
        calls=(
            "auctions-api",
            "images-api",
            "agent-api",
            "auctions-live",
            "valkey",
            "postgresql",
            "postgresql-replica",
        ),
        settings=(
            *COMMON_SETTINGS,
            "PROMETHEUS_MULTIPROC_DIR",
            "DATABASE_URL",
            "VALKEY_URL",
            "DJANGO_SECRET_KEY",
            "SIGNING_KEYS_FILE",
            "SERVICE_CALLERS",
            "PUBLIC_URL",
            "AUCTIONS_URL",
            "IMAGES_URL",
            "AGENT_URL",
            "LIVE_URLS",
        ),
        pool_size=4,
        growth=Growth.WORKERS,
        budget_mb=120,
        worker_mb=60,
        death_signal=signal.SIGTERM,
    ),
    Process(
        name="auctions-api",
        stage=Stage.API,
        context="auctions",
        argument="api",
        ports={"http": 5000},
        needs=("valkey", "postgresql", "auctions-migrate"),
        calls=("storefront", "images-api", "valkey", "postgresql", "postgresql-replica"),
        settings=(
            *COMMON_SETTINGS,
            "PROMETHEUS_MULTIPROC_DIR",
            "VALKEY_URL",
            "DATABASE_URL",
            "ACCOUNTS_URL",
            "IMAGES_URL",
            "SERVICE_KEY",
            "SERVICE_CALLERS",
            "PUBLIC_URL",
        ),
        pool_size=4,
        growth=Growth.WORKERS,
        budget_mb=120,
        worker_mb=30,
        death_signal=signal.SIGTERM,
    ),
    Process(
        name="auctions-live",
        stage=Stage.API,
        context="auctions",
        argument="live",
        ports={"http": 5010},
        needs=("valkey", "auctions-migrate"),
        calls=("storefront", "auctions-api", "valkey"),
        settings=(
            *COMMON_SETTINGS,
            "VALKEY_URL",
            "AUCTIONS_URL",
            "ACCOUNTS_URL",
            "SERVICE_KEY",
            "PUBLIC_URL",
        ),
        growth=Growth.PROCESSES,
        further_ports=5040,
        budget_mb=75,
    ),
    Process(
        name="auctions-socketio",
        stage=Stage.API,
        context="auctions",
        argument="socketio",
        ports={"http": 5012},
        needs=("valkey", "auctions-migrate"),
        calls=("storefront", "auctions-api", "valkey"),
        settings=(
            *COMMON_SETTINGS,
            "VALKEY_URL",
            "AUCTIONS_URL",
            "ACCOUNTS_URL",
            "SERVICE_KEY",
            "PUBLIC_URL",
        ),
        growth=Growth.PROCESSES,
        further_ports=5060,
        budget_mb=75,
    ),
    Process(
        name="images-api",
        stage=Stage.API,
        context="images",
        argument="api",
        ports={"http": 5005},
        needs=("postgresql", "images-migrate"),
        calls=("storefront", "postgresql", "postgresql-replica"),
        settings=(
            *COMMON_SETTINGS,
            "PROMETHEUS_MULTIPROC_DIR",
            "DATABASE_URL",
            "ACCOUNTS_URL",
            "SERVICE_KEY",
            "SERVICE_CALLERS",
        ),
        pool_size=4,
        growth=Growth.WORKERS,
        budget_mb=120,
        worker_mb=50,
        death_signal=signal.SIGTERM,
    ),
    Process(
        name="agent-api",
        stage=Stage.API,
        context="agent",
        argument="api",
        ports={"http": 5004},
        needs=("postgresql", "agent-migrate"),
        calls=("storefront", "postgresql", "postgresql-replica"),
        settings=(
            *COMMON_SETTINGS,
            "PROMETHEUS_MULTIPROC_DIR",
            "DATABASE_URL",
            "ACCOUNTS_URL",
            "SERVICE_KEY",
        ),
        handed_on=("MAIL_FROM",),
        pool_size=4,
        growth=Growth.WORKERS,
        budget_mb=120,
        worker_mb=50,
        death_signal=signal.SIGTERM,
    ),
    Process(
        name="auctions-worker",
        stage=Stage.WORKER,
        context="auctions",
        argument="worker",
        ports={"side": 5020},
        needs=("valkey", "postgresql", "auctions-migrate"),
        after=("gateway",),
        calls=("valkey", "postgresql", "postgresql-replica"),
        settings=(*COMMON_SETTINGS, "VALKEY_URL", "DATABASE_URL"),
        pool_size=4,
        budget_mb=75,
    ),
    Process(
        name="agent-worker",
        stage=Stage.WORKER,
        context="agent",
        argument="worker",
        ports={"side": 5021},
        needs=("valkey", "postgresql", "auctions-migrate", "agent-migrate"),
        after=("gateway",),
        calls=("storefront", "auctions-api", "valkey", "postgresql", "postgresql-replica"),
        settings=(
            *COMMON_SETTINGS,
            "VALKEY_URL",
            "DATABASE_URL",
            "ACCOUNTS_URL",
            "AUCTIONS_URL",
            "PUBLIC_URL",
            "SERVICE_KEY",
        ),
        handed_on=(
            "GEMINI_API_KEY",
            "GEMINI_MODEL",
            "LLM_PROVIDER",
            "LLM_MODEL",
            "LLM_API_KEY",
            "LLM_BASE_URL",
            "LLM_TIMEOUT_S",
            "LLM_OUTPUT",
            "LLM_STRICT",
            "LLM_REVIEW",
            "DISCORD_WEBHOOK_URL",
            "DISCORD_CHANNEL_NAME",
            "SMTP_HOST",
            "SMTP_PORT",
            "SMTP_USER",
            "SMTP_PASSWORD",
            "SMTP_TLS",
            "MAIL_FROM",
            "DKIM_KEY",
            "DKIM_SELECTOR",
            "TEXTS_KEPT_DAYS",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ),
        pool_size=6,
        budget_mb=70,
    ),
    Process(
        name="demo-bidders",
        stage=Stage.WORKER,
        context="demo",
        argument="bidders",
        ports={"side": 5030},
        needs=("demo-seed",),
        calls=("gateway",),
        settings=(*COMMON_SETTINGS, "GATEWAY_URL", "DEMO_SECRET"),
        budget_mb=45,
        demo=True,
    ),
)

_BEHIND_THE_GATEWAY = (
    "storefront",
    "auctions-api",
    "auctions-live",
    "auctions-socketio",
    "images-api",
    "agent-api",
)

GATEWAY = Process(
    name="gateway",
    stage=Stage.GATEWAY,
    ports={"http": 8080, "side": 8081},
    after=_BEHIND_THE_GATEWAY,
    calls=_BEHIND_THE_GATEWAY,
    budget_mb=15,
    death_signal=signal.SIGTERM,
)

PROCESSES = (*ENGINES, *APPLICATIONS, GATEWAY)

ONE_OFFS = (
    OneOff(
        name="storefront-migrate",
        context="storefront",
        argument="migrate",
        needs=("valkey", "postgresql"),
        settings=(
            *COMMON_SETTINGS,
            "DATABASE_URL",
            "DATABASE_OWNER_URL",
            "VALKEY_URL",
            "DJANGO_SECRET_KEY",
            "SIGNING_KEYS_FILE",
            "SERVICE_CALLERS",
            "PUBLIC_URL",
        ),
    ),
    OneOff(
        name="auctions-migrate",
        context="auctions",
        argument="migrate",
        needs=("valkey", "postgresql"),
        settings=(
            *COMMON_SETTINGS,
            "DATABASE_URL",
            "DATABASE_OWNER_URL",
            "VALKEY_ADMIN_URL",
            "VALKEY_URL",
        ),
    ),
    OneOff(
        name="images-migrate",
        context="images",
        argument="migrate",
        needs=("postgresql",),
        settings=(*COMMON_SETTINGS, "DATABASE_URL", "DATABASE_OWNER_URL"),
    ),
    OneOff(
        name="agent-migrate",
        context="agent",
        argument="migrate",
        needs=("postgresql",),
        settings=(*COMMON_SETTINGS, "DATABASE_URL", "DATABASE_OWNER_URL"),
    ),
    OneOff(
        name="demo-accounts",
        context="storefront",
        argument="demo-accounts",
        needs=("storefront",),
        settings=(
            *COMMON_SETTINGS,
            "DATABASE_URL",
            "VALKEY_URL",
            "DJANGO_SECRET_KEY",
            "SIGNING_KEYS_FILE",
            "SERVICE_CALLERS",
            "PUBLIC_URL",
        ),
        demo=True,
    ),
    OneOff(
        name="demo-seed",
        context="demo",
        argument="seed",
        needs=("demo-accounts", "auctions-api", "gateway"),
        settings=(*COMMON_SETTINGS, "GATEWAY_URL"),
        demo=True,
    ),
)

DATABASES = ("accounts", "agent", "auctions", "images")
"""Contexts with a database of their own, by its name; the storefront keeps the accounts."""

VALKEY_USERS = ("accounts", "agent", "auctions")
"""Those of them that use the live store too, under the same name."""

SERVICE_CALLERS = {
    "agent": ("keys:exchange", "accounts:contact", "house:read", "auctions:finished"),
    "auctions": ("keys:exchange", "images:read"),
    "images": ("keys:exchange",),
}
"""Which contexts call others with a key of their own, and what they may do there."""

LAUNCHER_BUDGET_MB = 60
"""The launcher and its guardian."""


def plan(workers: int | None, cores: int) -> tuple[Process, ...]:
    """Return what runs on a machine with so many cores, further processes beside their first.

    `workers` is how many there are of each that can be several. `None`: one of each, but that
    `GROWS_WITH_CORES` has as many workers as there are cores.
    """
    grown: list[Process] = []
    for process in PROCESSES:
        count = workers or 1
        if workers is None and process.name == GROWS_WITH_CORES:
            count = min(cores, MAX_WORKERS)
        grown += _grow(process, count)
    everybody = tuple(grown)
    return tuple(
        replace(
            process,
            after=_with_further(process.after, everybody),
            calls=_with_further(process.calls, everybody),
        )
        for process in everybody
    )


def _grow(process: Process, count: int) -> list[Process]:
    match process.growth:
        case Growth.WORKERS:
            budget_mb = process.budget_mb + (count - 1) * process.worker_mb
            return [replace(process, workers=count, budget_mb=budget_mb)]
        case Growth.PROCESSES:
            return [process, *(_further(process, number) for number in range(2, count + 1))]
        case Growth.NONE:
            return [process]


def _further(process: Process, number: int) -> Process:
    return replace(
        process,
        name=f"{process.name}-{number}",
        ports={"http": process.further_ports + number},
        first=process.name,
    )


def _with_further(names: tuple[str, ...], everybody: tuple[Process, ...]) -> tuple[str, ...]:
    return (*names, *(process.name for process in everybody if process.first in names))


LARGEST_PLAN = plan(MAX_WORKERS, MAX_WORKERS)


def find_process(name: str, processes: Iterable[Process] = PROCESSES) -> Process | None:
    """Return the process called `name`."""
    return next((process for process in processes if process.name == name), None)


def database_of(context: str) -> str:
    """Return the name of a context's database, which is also its user's in both stores."""
    return "accounts" if context == "storefront" else context


def select(names: Iterable[str], processes: Iterable[Process] = PROCESSES) -> frozenset[str]:
    """Return `names` and everything they need, one-offs and further processes included."""
    planned = list(processes)
    table: dict[str, tuple[str, ...]] = {process.name: process.needs for process in planned}
    table |= {one_off.name: one_off.needs for one_off in ONE_OFFS}
    selected: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in selected:
            selected.add(name)
            left.extend(table[name])
    return frozenset(selected | {process.name for process in planned if process.first in selected})


def everything(processes: Iterable[Process] = PROCESSES) -> frozenset[str]:
    """Return the names of all processes and one-offs."""
    return frozenset([p.name for p in processes] + [o.name for o in ONE_OFFS])
