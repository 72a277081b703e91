"""The engines that every context's data live in, and their bounds."""

import signal

from martelo.stack.topology.process import Process, Stage

MAX_CONNECTIONS = 440
"""Of PostgreSQL: enough for the largest plan, since a standby may have no fewer than its primary
ever had, and one that is not used costs next to nothing."""

RESERVED_CONNECTIONS = 20
"""Of them: for probes, migrations, one-offs and people."""

VALKEY = Process(name="valkey", stage=Stage.ENGINE, ports={"main": 6379}, budget_mb=20)

POSTGRESQL = Process(
    name="postgresql",
    stage=Stage.DATABASE,
    ports={"main": 5432},
    budget_mb=75,
    stop_signal=signal.SIGINT,
    death_signal=signal.SIGQUIT,
)

POSTGRESQL_REPLICA = Process(
    name="postgresql-replica",
    stage=Stage.ENGINE,
    ports={"main": 5433},
    budget_mb=45,
    needs=("postgresql",),
    calls=("postgresql",),
    stop_signal=signal.SIGINT,
    death_signal=signal.SIGQUIT,
)

ENGINES = (VALKEY, POSTGRESQL, POSTGRESQL_REPLICA)
