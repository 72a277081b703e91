"""The auctions: bids, the live feed, closings and the record."""

import signal

from martelo.stack.topology.process import (
    COMMON_SETTINGS,
    SERVER_SETTINGS,
    VALKEY_COMMANDS,
    VALKEY_SETTINGS,
    Context,
    Growth,
    OneOff,
    Process,
    Stage,
)

SOCKET_SETTINGS = (
    *COMMON_SETTINGS,
    *VALKEY_SETTINGS,
    "AUCTIONS_URL",
    "ACCOUNTS_URL",
    "SERVICE_KEY",
    "PUBLIC_URL",
    "ALLOWED_ORIGINS",
    "BIDS_PER_SECOND",
    "BID_CONFIRMATION_FACTOR",
)
"""What both processes of the live feed read."""

API = Process(
    name="auctions-api",
    stage=Stage.API,
    context="auctions",
    argument="api",
    ports={"http": 5000, "side": 5009},
    needs=("valkey", "postgresql", "auctions-migrate"),
    calls=("storefront", "images-api", "valkey", "postgresql", "postgresql-replica"),
    settings=(
        *SERVER_SETTINGS,
        *VALKEY_SETTINGS,
        "DATABASE_URL",
        "ACCOUNTS_URL",
        "IMAGES_URL",
        "SERVICE_KEY",
        "SERVICE_CALLERS",
        "PUBLIC_URL",
        "BIDS_PER_SECOND",
        "BID_CONFIRMATION_FACTOR",
        "MAX_OPEN_LOTS",
    ),
    pool_size=4,
    growth=Growth.WORKERS,
    budget_mb=120,
    worker_mb=30,
    death_signal=signal.SIGTERM,
)

LIVE = Process(
    name="auctions-live",
    stage=Stage.API,
    context="auctions",
    argument="live",
    ports={"http": 5010},
    needs=("valkey", "auctions-migrate"),
    calls=("storefront", "auctions-api", "valkey"),
    settings=(*SOCKET_SETTINGS, "LIVE_WINDOW_MS", "LIVE_SLOW_S", "LIVE_DRAIN_S"),
    growth=Growth.PROCESSES,
    further_ports=5040,
    budget_mb=75,
)

SOCKETIO = Process(
    name="auctions-socketio",
    stage=Stage.API,
    context="auctions",
    argument="socketio",
    ports={"http": 5012},
    needs=("valkey", "auctions-migrate"),
    calls=("storefront", "auctions-api", "valkey"),
    settings=SOCKET_SETTINGS,
    growth=Growth.PROCESSES,
    further_ports=5060,
    budget_mb=75,
)

WORKER = Process(
    name="auctions-worker",
    stage=Stage.WORKER,
    context="auctions",
    argument="worker",
    ports={"side": 5020},
    needs=("valkey", "postgresql", "auctions-migrate"),
    after=("gateway",),
    calls=("valkey", "postgresql", "postgresql-replica"),
    settings=(
        *COMMON_SETTINGS,
        *VALKEY_SETTINGS,
        "DATABASE_URL",
        "KEPT_AFTER_END_S",
        "DATA_FOLDERS",
    ),
    pool_size=4,
    budget_mb=75,
)

MIGRATE = OneOff(
    name="auctions-migrate",
    context="auctions",
    argument="migrate",
    needs=("valkey", "postgresql"),
    settings=(
        *COMMON_SETTINGS,
        *VALKEY_SETTINGS,
        "VALKEY_ADMIN_URL",
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "MARTELO_PARTITIONS",
    ),
)

CONTEXT = Context(
    name="auctions",
    identity="auctions",
    processes=(API, LIVE, SOCKETIO, WORKER),
    one_offs=(MIGRATE,),
    api="auctions-api",
    has_database=True,
    # A subscription by pattern must be granted word for word: `{p*}:a:*:live`.
    valkey_rights=(
        "~{p* ~martelo:* resetchannels &{p* &{p*}:a:*:live &leiloes_finalizados "
        # Erased names are in the append-only file until it is rewritten.
        f"{VALKEY_COMMANDS} +bgrewriteaof"
    ),
    service_scopes=("keys:exchange", "images:read"),
)
