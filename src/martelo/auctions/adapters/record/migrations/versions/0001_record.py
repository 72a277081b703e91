"""The record: auctions, their ledgers, their bidders, and how far the archive has come.

Expand and contract only: a release may find the tables of the next one.
"""

from alembic import op

revision = "0001"
down_revision = None

# Accents are folded by a plain immutable function and not by the extension `unaccent`: it serves
# a generated column, needs no right to create extensions, and finds the same on every server.
FOLD = """
CREATE FUNCTION fold(text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(text),
    'áàâãäåéèêëíìîïóòôõöúùûüçñýÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝ',
    'aaaaaaeeeeiiiiooooouuuucnyaaaaaaeeeeiiiiooooouuuucny')
"""

# Ids are ordered by their bytes, as the live store orders them.
AUCTION = """
CREATE TABLE auction (
    id text COLLATE "C" PRIMARY KEY,
    title text NOT NULL,
    description text NOT NULL,
    category text,
    image_ids text[] NOT NULL,
    seller_id text NOT NULL,
    seller_name text NOT NULL,
    product_id text,
    starting_cents bigint NOT NULL,
    bands bigint[] NOT NULL,
    min_increment_cents bigint,
    reserve_cents bigint,
    buy_now_cents bigint,
    window_ms bigint NOT NULL,
    cap_ms bigint NOT NULL,
    created_at_ms bigint NOT NULL,
    starts_at_ms bigint NOT NULL,
    first_ends_at_ms bigint NOT NULL,
    ends_at_ms bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'sold', 'unsold', 'cancelled')),
    pending_marks integer[] NOT NULL,
    leader_id text,
    leader_name text,
    leader_number integer,
    price_cents bigint,
    ceiling_cents bigint,
    line_seq bigint,
    bid_count bigint NOT NULL,
    bidder_count integer NOT NULL,
    closed_at_ms bigint,
    sold_by text CHECK (sold_by IN ('bid', 'buy_now')),
    reason text,
    cancelled_by text CHECK (cancelled_by IN ('seller', 'admin')),
    seq bigint NOT NULL,
    sub integer NOT NULL,
    at_ms bigint NOT NULL,
    live boolean NOT NULL DEFAULT true,
    asked_cents bigint NOT NULL GENERATED ALWAYS AS (coalesce(price_cents, starting_cents)) STORED,
    search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('portuguese', fold(title)), 'A')
        || setweight(to_tsvector('portuguese', fold(description)), 'B')
    ) STORED,
    CHECK ((status = 'open') = (closed_at_ms IS NULL)),
    CHECK ((leader_id IS NULL) = (price_cents IS NULL))
) WITH (fillfactor = 80)
"""

LEDGER_COLUMNS = """
    auction_id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    sub integer NOT NULL,
    type text NOT NULL,
    at_ms bigint NOT NULL,
    account_id text,
    public jsonb,
    private jsonb NOT NULL
"""

# One index for each order within a status; the list of all statuses merges four of them.
INDEXES = (
    "CREATE INDEX auction_by_end ON auction (status, ends_at_ms, id)",
    "CREATE INDEX auction_by_creation ON auction (status, created_at_ms, id)",
    "CREATE INDEX auction_by_bid_count ON auction (status, bid_count, id)",
    "CREATE INDEX auction_by_price ON auction (status, asked_cents, id)",
    "CREATE INDEX auction_scheduled ON auction (starts_at_ms) WHERE status = 'open'",
    "CREATE INDEX auction_by_category ON auction (category, status, ends_at_ms, id)",
    "CREATE INDEX auction_by_seller ON auction (seller_id, created_at_ms, id)",
    "CREATE INDEX auction_by_text ON auction USING gin (search)",
    "CREATE INDEX auction_to_forget ON auction (closed_at_ms) WHERE live AND status <> 'open'",
    "CREATE INDEX bidder_by_account ON bidder (account_id, last_at_ms, auction_id)",
    "CREATE INDEX ledger_entry_by_account ON ledger_entry (account_id, at_ms)",
)


def upgrade() -> None:
    """Create the tables."""
    op.execute(FOLD)
    op.execute(AUCTION)
    op.execute(f"CREATE TABLE ledger_entry ({LEDGER_COLUMNS}, PRIMARY KEY (auction_id, seq, sub))")
    op.execute(
        f"CREATE TABLE ledger_discarded ({LEDGER_COLUMNS},"
        " discarded_at timestamptz NOT NULL DEFAULT now())"
    )
    op.execute(
        'CREATE TABLE bidder (auction_id text COLLATE "C" NOT NULL, account_id text NOT NULL,'
        " number integer NOT NULL, best_cents bigint NOT NULL, last_at_ms bigint NOT NULL,"
        " PRIMARY KEY (auction_id, account_id))"
    )
    op.execute(
        "CREATE TABLE finished_position (partition smallint PRIMARY KEY, stream_id text NOT NULL)"
    )
    op.execute(
        "CREATE TABLE parked_ledger (auction_id text PRIMARY KEY, reason text NOT NULL,"
        " parked_at timestamptz NOT NULL DEFAULT now())"
    )
    for statement in INDEXES:
        op.execute(statement)
