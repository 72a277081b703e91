"""Reports, effects, and what administrators did about them.

Expand and contract only: a release may find the tables of the next one.
"""

from alembic import op

revision = "0001"
down_revision = None

REPORT = """
CREATE TABLE report (
    event_id text COLLATE "C" PRIMARY KEY,
    auction_id text COLLATE "C" NOT NULL,
    event jsonb NOT NULL,
    title text,
    summary text,
    source text,
    model text,
    label text,
    language text,
    written_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""

EFFECT = """
CREATE TABLE effect (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text COLLATE "C" NOT NULL REFERENCES report (event_id),
    auction_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    due_at timestamptz,
    token uuid,
    attempts bigint NOT NULL DEFAULT 0,
    in_flight boolean NOT NULL DEFAULT false,
    frozen jsonb,
    channel text,
    note text,
    label text,
    source text,
    model text,
    failure text,
    input_tokens integer NOT NULL DEFAULT 0,
    output_tokens integer NOT NULL DEFAULT 0,
    cost_micro_usd bigint,
    write_seconds double precision NOT NULL DEFAULT 0,
    refusals text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (event_id, kind)
)
"""

INTERVENTION = """
CREATE TABLE intervention (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    effect_id bigint NOT NULL REFERENCES effect (id),
    action text NOT NULL,
    account_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(REPORT)
    op.execute("CREATE INDEX report_by_auction ON report (auction_id)")
    op.execute(EFFECT)
    op.execute("CREATE INDEX effect_due ON effect (due_at, id) WHERE due_at IS NOT NULL")
    op.execute("CREATE INDEX effect_by_auction ON effect (auction_id, id)")
    op.execute("CREATE INDEX effect_by_state ON effect (state, id)")
    op.execute("CREATE INDEX effect_in_outbox ON effect (id) WHERE channel = 'outbox'")
    op.execute(INTERVENTION)
    op.execute("CREATE INDEX intervention_by_effect ON intervention (effect_id, id)")
