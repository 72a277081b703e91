"""Who was to write a text, by name."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; of texts from before it stays empty."""
    op.execute("ALTER TABLE effect ADD COLUMN provider text")
