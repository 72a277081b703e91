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
    ports={"http": 8000, "side": 8001},
    needs=("valkey", "postgresql", "storefront-migrate", "storefront-check-demo"),
    calls=(
        "auctions-api",
        "images-api",
        "agent-api",
        "catalog-api",
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
        "SERVICE_KEY",
        "PUBLIC_URL",
        "MARTELO_INSECURE_HTTP",
        "API_URLS",
        "AUCTIONS_URL",
        "IMAGES_URL",
        "AGENT_URL",
        "LIVE_URLS",
        "METRICS_URLS",
        "SIGN_INS_PER_MINUTE",
        "SMTP_HOST",
        "SMTP_PORT",
        "SMTP_USER",
        "SMTP_PASSWORD",
        "SMTP_TLS",
        "MAIL_FROM",
        "DKIM_KEY",
        "DKIM_SELECTOR",
        "EMAIL_CONFIRMATION",
        "ACCESS_RECORDS_DAYS",
    ),
    pool_size=5,
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

REMOVE_DEMO = OneOff(
    name="storefront-remove-demo",
    context="storefront",
    argument="remove-demo",
    needs=("valkey", "storefront-migrate"),
    settings=(*COMMON_SETTINGS, "DATABASE_URL", "VALKEY_URL"),
    on_request=True,
)

CHECK_DEMO = OneOff(
    name="storefront-check-demo",
    context="storefront",
    argument="check-demo",
    needs=("storefront-migrate", "storefront-remove-demo"),
    settings=(*COMMON_SETTINGS, "DATABASE_URL"),
    on_request=True,
)

ADMIN_LINK = OneOff(
    name="storefront-admin-link",
    context="storefront",
    argument="admin-link",
    needs=("storefront",),
    settings=(*COMMON_SETTINGS, "DATABASE_URL", "DJANGO_SECRET_KEY", "PUBLIC_URL"),
    on_request=True,
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
    one_offs=(MIGRATE, REMOVE_DEMO, CHECK_DEMO, ADMIN_LINK, DEMO_ACCOUNTS),
    api="storefront",
    has_database=True,
    service_scopes=("people:manage",),
    valkey_rights=f"~accounts:* resetchannels &accounts:* {VALKEY_COMMANDS}",
)
