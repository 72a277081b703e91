"""One table of processes: what runs, where, in which order, and who calls whom.

The launcher, the render of the gateway, the checks of manifests and the diagram of the
architecture read it; nothing here starts anything.
"""

import signal
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """When a process is stopped: workers first, engines last."""

    WORKER = 1
    GATEWAY = 2
    API = 3
    DATABASE = 4
    ENGINE = 5


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of the stack.

    `context` is the package whose `main` runs with `argument`; an engine has neither.
    `ports` maps a port's name to its default: `http` is the one that serves, `side` health only.
    `needs` must be up first; `after` only orders the start when both are started.
    `calls` are the arrows of the network policies. `settings` are environment names that the stack
    gives; `handed_on` are those it hands on from its own environment where they are set there, and
    keeps from every process that does not name them: they are secrets of a house.
    `pool_size` is how many connections it keeps to PostgreSQL at most, over all its threads.
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
    "MARTELO_LOG_FORMAT",
    "MARTELO_LOG_LEVEL",
    "MARTELO_PORT",
    "MARTELO_RATE_LIMITS",
    "MARTELO_WORKERS",
)
"""What every process of ours is given."""

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
        budget_mb=75,
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
            "valkey",
            "postgresql",
            "postgresql-replica",
        ),
        settings=(
            *COMMON_SETTINGS,
            "DATABASE_URL",
            "VALKEY_URL",
            "DJANGO_SECRET_KEY",
            "SIGNING_KEYS_FILE",
            "SERVICE_CALLERS",
            "PUBLIC_URL",
            "AUCTIONS_URL",
            "IMAGES_URL",
            "AGENT_URL",
        ),
        pool_size=8,
        budget_mb=120,
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
            "VALKEY_URL",
            "DATABASE_URL",
            "ACCOUNTS_URL",
            "IMAGES_URL",
            "SERVICE_KEY",
            "SERVICE_CALLERS",
            "PUBLIC_URL",
        ),
        pool_size=8,
        budget_mb=120,
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
        settings=(*COMMON_SETTINGS, "VALKEY_URL", "AUCTIONS_URL"),
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
            "DATABASE_URL",
            "ACCOUNTS_URL",
            "SERVICE_KEY",
            "SERVICE_CALLERS",
        ),
        pool_size=4,
        budget_mb=120,
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
        settings=(*COMMON_SETTINGS, "DATABASE_URL", "ACCOUNTS_URL", "SERVICE_KEY"),
        pool_size=4,
        budget_mb=120,
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


def find_process(name: str) -> Process | None:
    """Return the process called `name`."""
    return next((process for process in PROCESSES if process.name == name), None)


def database_of(context: str) -> str:
    """Return the name of a context's database, which is also its user's in both stores."""
    return "accounts" if context == "storefront" else context


def select(names: Iterable[str]) -> frozenset[str]:
    """Return `names` and everything they need, one-offs included."""
    table: dict[str, tuple[str, ...]] = {process.name: process.needs for process in PROCESSES}
    table |= {one_off.name: one_off.needs for one_off in ONE_OFFS}
    selected: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in selected:
            selected.add(name)
            left.extend(table[name])
    return frozenset(selected)


def everything() -> frozenset[str]:
    """Return the names of all processes and one-offs."""
    return frozenset([p.name for p in PROCESSES] + [o.name for o in ONE_OFFS])
