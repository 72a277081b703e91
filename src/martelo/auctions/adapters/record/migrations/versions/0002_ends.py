"""Ends in the order of their closing, for whoever makes sure that none escaped it."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the index; an auction enters it once, at its end."""
    op.execute(
        "CREATE INDEX auction_by_closing ON auction (closed_at_ms, id)"
        " WHERE closed_at_ms IS NOT NULL"
    )
