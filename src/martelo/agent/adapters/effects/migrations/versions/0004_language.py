"""The language of a text, for the `lang` attribute of pages."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; fill it for reports, while older e-mails and posts stay without."""
    op.execute("ALTER TABLE effect ADD COLUMN language text")
    op.execute(
        "UPDATE effect SET language = report.language FROM report"
        " WHERE report.event_id = effect.event_id AND effect.kind = 'report'"
    )
