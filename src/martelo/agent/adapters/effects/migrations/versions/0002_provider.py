"""The provider that was to write a text."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; it stays empty for older texts."""
    op.execute("ALTER TABLE effect ADD COLUMN provider text")
