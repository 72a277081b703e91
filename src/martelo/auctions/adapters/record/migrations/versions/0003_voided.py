"""Numbers of the bidders whose bids were voided."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; in no older auction was a bid voided."""
    op.execute("ALTER TABLE auction ADD COLUMN voided integer[] NOT NULL DEFAULT '{}'")
