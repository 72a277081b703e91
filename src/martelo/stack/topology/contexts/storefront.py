"""The storefront: the pages, and the accounts API in the same process."""

import signal

from martelo.stack.topology.process import (
    COMMON_SETTINGS,
    SERVER_SETTINGS,
    VALKEY_COMMANDS,
    Context,
    Growth,
    OneOff,
    Process,
    Stage,
)

WEB = Process(
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
        "auctions-socketio",
        "auctions-worker",
        "valkey",
        "postgresql",
        "postgresql-replica",
    ),
    settings=(
        *SERVER_SETTINGS,
        "DATABASE_URL",
        "VALKEY_URL",
        "DJANGO_SECRET_KEY",
        "SIGNING_KEYS_FILE",
        "SERVICE_CALLERS",
        "PUBLIC_URL",
        "API_URLS",
        "AUCTIONS_URL",
        "IMAGES_URL",
        "AGENT_URL",
        "LIVE_URLS",
        "METRICS_URLS",
        "SIGN_INS_PER_MINUTE",
    ),
    pool_size=4,
    growth=Growth.WORKERS,
    budget_mb=120,
    worker_mb=60,
    death_signal=signal.SIGTERM,
)

MIGRATE = OneOff(
    name="storefront-migrate",
    context="storefront",
    argument="migrate",
    needs=("valkey", "postgresql"),
    settings=(*COMMON_SETTINGS, "DATABASE_URL", "DATABASE_OWNER_URL"),
)

DEMO_ACCOUNTS = OneOff(
    name="demo-accounts",
    context="storefront",
    argument="demo-accounts",
    needs=("storefront",),
    settings=(*COMMON_SETTINGS, "DATABASE_URL"),
    demo=True,
)

CONTEXT = Context(
    name="storefront",
    identity="accounts",
    processes=(WEB,),
    one_offs=(MIGRATE, DEMO_ACCOUNTS),
    api="storefront",
    has_database=True,
    valkey_rights=f"~accounts:* resetchannels &accounts:* {VALKEY_COMMANDS}",
)
