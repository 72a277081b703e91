"""The catalog: products of the shop, their categories and stock."""

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
    name="catalog-api",
    stage=Stage.API,
    context="catalog",
    argument="api",
    ports={"http": 5001, "side": 5016},
    needs=("postgresql", "catalog-migrate"),
    calls=("storefront", "images-api", "postgresql", "postgresql-replica"),
    settings=(*SERVER_SETTINGS, "DATABASE_URL", "ACCOUNTS_URL", "IMAGES_URL", "SERVICE_KEY"),
    pool_size=4,
    growth=Growth.WORKERS,
    budget_mb=120,
    worker_mb=50,
    death_signal=signal.SIGTERM,
)

REPLICA = Process(
    name="catalog-replica",
    stage=Stage.API,
    context="catalog",
    argument="replica",
    ports={"http": 5011, "side": 5017},
    needs=("postgresql", "catalog-migrate"),
    # Started before it, this process would find the primary alone, and stay there for minutes.
    after=("postgresql-replica",),
    calls=("storefront", "postgresql", "postgresql-replica"),
    settings=(*SERVER_SETTINGS, "DATABASE_READER_URL", "ACCOUNTS_URL", "SERVICE_KEY"),
    pool_size=4,
    growth=Growth.WORKERS,
    budget_mb=120,
    worker_mb=50,
    death_signal=signal.SIGTERM,
)

MIGRATE = OneOff(
    name="catalog-migrate",
    context="catalog",
    argument="migrate",
    needs=("postgresql",),
    settings=(*COMMON_SETTINGS, "DATABASE_URL", "DATABASE_OWNER_URL"),
)

CONTEXT = Context(
    name="catalog",
    identity="catalog",
    processes=(API, REPLICA),
    one_offs=(MIGRATE,),
    api="catalog-api",
    has_database=True,
    service_scopes=("keys:exchange", "images:read"),
    switch="SHOP",
)
