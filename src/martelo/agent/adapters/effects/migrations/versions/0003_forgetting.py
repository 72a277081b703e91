"""Erasing of old texts, and counts that do not read every effect."""

from alembic import op

revision = "0003"
down_revision = "0002"

OPEN = """
CREATE INDEX effect_open ON effect (kind, state, created_at)
WHERE state NOT IN ('done', 'skipped')
"""

FINAL = """
CREATE INDEX effect_final ON effect (kind, state)
WHERE state IN ('done', 'skipped')
"""

TEXTS = """
CREATE INDEX effect_with_text ON effect (changed_at)
WHERE state IN ('done', 'skipped') AND frozen IS NOT NULL AND kind <> 'report'
"""


def upgrade() -> None:
    """Add the column, and an index for each query."""
    op.execute("ALTER TABLE effect ADD COLUMN forgotten_at timestamptz")
    op.execute(OPEN)
    op.execute(FINAL)
    op.execute(TEXTS)
