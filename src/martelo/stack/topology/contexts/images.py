"""The images: pictures of lots, and who owns them."""

import signal

from martelo.stack.topology.process import (
    COMMON_SETTINGS,
    SERVER_SETTINGS,
    Context,
    Growth,
    OneOff,
    Process,
    Stage,
)

API = Process(
    name="images-api",
    stage=Stage.API,
    context="images",
    argument="api",
    ports={"http": 5005, "side": 5015},
    needs=("postgresql", "images-migrate"),
    calls=("storefront", "postgresql", "postgresql-replica"),
    settings=(
        *SERVER_SETTINGS,
        "DATABASE_URL",
        "ACCOUNTS_URL",
        "SERVICE_KEY",
        "SERVICE_CALLERS",
        "UPLOADS_PER_MINUTE",
    ),
    pool_size=4,
    growth=Growth.WORKERS,
    budget_mb=120,
    worker_mb=50,
    death_signal=signal.SIGTERM,
)

MIGRATE = OneOff(
    name="images-migrate",
    context="images",
    argument="migrate",
    needs=("postgresql",),
    settings=(*COMMON_SETTINGS, "DATABASE_URL", "DATABASE_OWNER_URL"),
)

CONTEXT = Context(
    name="images",
    identity="images",
    processes=(API,),
    one_offs=(MIGRATE,),
    api="images-api",
    has_database=True,
    service_scopes=("keys:exchange",),
)
