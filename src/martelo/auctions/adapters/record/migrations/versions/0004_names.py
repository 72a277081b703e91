"""Names in a table of their own: ledgers and states keep account ids and bidder numbers."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = (
    """CREATE TABLE person_name (
        auction_id text COLLATE "C" NOT NULL,
        number integer NOT NULL,
        account_id text NOT NULL,
        name text NOT NULL,
        PRIMARY KEY (auction_id, number)
    )""",
    """CREATE TABLE closed_account (
        account_id text PRIMARY KEY,
        closed_at timestamptz NOT NULL DEFAULT now()
    )""",
)
SELLERS = """
INSERT INTO person_name (auction_id, number, account_id, name)
SELECT id, 0, seller_id, seller_name FROM auction
"""
# The private parts were: of a bid [by, name, ...], of a raise [at, by, name, number, ...], of a
# purchase [by, name, ...]; a person's newest name counts.
BIDDERS = """
INSERT INTO person_name (auction_id, number, account_id, name)
SELECT DISTINCT ON (auction_id, number) auction_id, number, account_id, name
FROM (
    SELECT auction_id, seq, sub, account_id,
        CASE type
            WHEN 'bid' THEN (public ->> 'number')::integer
            WHEN 'raise' THEN (private ->> 3)::integer
            ELSE (public ->> 'leader')::integer
        END AS number,
        CASE type WHEN 'raise' THEN private ->> 2 ELSE private ->> 1 END AS name
    FROM ledger_entry
    WHERE type IN ('bid', 'raise') OR (type = 'closed' AND public ->> 'sold_by' = 'buy_now')
) AS named
ORDER BY auction_id, number, seq DESC, sub DESC
"""
NAMELESS = """
UPDATE {table} SET
    public = public - 'shown' - 'leader_shown' #- '{{terms,seller,name}}',
    private = CASE type
        WHEN 'raise' THEN private - 2
        WHEN 'voided' THEN private - 4 - 1
        WHEN 'created' THEN private
        ELSE private - 1
    END
WHERE type NOT IN ('edited', 'ending_soon')
"""


def upgrade() -> None:
    """Move the names."""
    for statement in TABLES:
        op.execute(statement)
    op.execute(SELLERS)
    op.execute(BIDDERS)
    op.execute("CREATE INDEX person_name_by_account ON person_name (account_id)")
    for table in ("ledger_entry", "ledger_discarded"):
        op.execute(NAMELESS.format(table=table))
    op.execute("ALTER TABLE auction DROP COLUMN seller_name, DROP COLUMN leader_name")
