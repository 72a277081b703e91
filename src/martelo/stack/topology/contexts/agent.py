"""The agent: reports of finished auctions, and the e-mails and posts that follow."""

import signal

from martelo.stack.topology.process import (
    COMMON_SETTINGS,
    SERVER_SETTINGS,
    VALKEY_SETTINGS,
    Context,
    Growth,
    OneOff,
    Process,
    Stage,
)

API = Process(
    name="agent-api",
    stage=Stage.API,
    context="agent",
    argument="api",
    ports={"http": 5004, "side": 5014},
    needs=("postgresql", "agent-migrate"),
    calls=("storefront", "postgresql", "postgresql-replica"),
    settings=(
        *SERVER_SETTINGS,
        "DATABASE_URL",
        "ACCOUNTS_URL",
        "SERVICE_KEY",
        "SERVICE_CALLERS",
        "MAIL_FROM",
    ),
    pool_size=4,
    growth=Growth.WORKERS,
    budget_mb=120,
    worker_mb=50,
    death_signal=signal.SIGTERM,
)

WORKER = Process(
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
        *VALKEY_SETTINGS,
        "DATABASE_URL",
        "ACCOUNTS_URL",
        "AUCTIONS_URL",
        "PUBLIC_URL",
        "SERVICE_KEY",
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
        "LEASE_S",
        "WRITE_BUDGET_S",
        "SEND_BUDGET_S",
        "TEXTS_KEPT_DAYS",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ),
    reaches_internet=True,
    pool_size=6,
    budget_mb=70,
)

MIGRATE = OneOff(
    name="agent-migrate",
    context="agent",
    argument="migrate",
    needs=("postgresql",),
    settings=(*COMMON_SETTINGS, "DATABASE_URL", "DATABASE_OWNER_URL"),
)

CONTEXT = Context(
    name="agent",
    identity="agent",
    processes=(API, WORKER),
    one_offs=(MIGRATE,),
    api="agent-api",
    has_database=True,
    # Ends, and what it has read of them: one group of its own on each stream.
    valkey_rights=(
        "~{p*}:finished %R~martelo:partitions resetchannels &leiloes_finalizados "
        "-@all +ping +client|setinfo +get "
        "+xgroup|create +xreadgroup +xautoclaim +xack +xinfo|groups +subscribe +unsubscribe"
    ),
    service_scopes=("keys:exchange", "accounts:contact", "house:read", "auctions:finished"),
)
