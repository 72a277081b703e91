"""The language a text is written in, for pages to mark it with."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; of e-mails and posts from before it stays empty, reports know theirs."""
    op.execute("ALTER TABLE effect ADD COLUMN language text")
    op.execute(
        "UPDATE effect SET language = report.language FROM report"
        " WHERE report.event_id = effect.event_id AND effect.kind = 'report'"
    )
