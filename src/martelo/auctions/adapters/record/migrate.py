"""The record's schema, brought to the newest version (the `migrate` one-off)."""

from pathlib import Path

from martelo.runtime.postgresql.migrations import migrate

FOLDER = Path(__file__).parent / "migrations"


def migrate_record(owner_url: str, runtime_url: str | None) -> None:
    """Migrate the database of `owner_url`; let the role of `runtime_url`, if any, use its tables.

    Raises:
        DatabaseUnavailable: It does not answer.
    """
    migrate(FOLDER, owner_url, runtime_url, application="auctions-migrate")
