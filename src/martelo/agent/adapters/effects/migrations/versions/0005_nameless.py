"""Stored ends without names, which are read when a text is written."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Remove the names."""
    op.execute(
        "UPDATE report SET event ="
        " jsonb_set(event #- '{winner,name}', '{seller}', (event -> 'seller') - 'name')"
    )
