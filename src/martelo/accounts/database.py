"""The database of accounts, as far as anybody but accounts cares: whether it answers."""

from django.db import DatabaseError, connection


def is_database_up() -> bool:
    """Ask the database for nothing, and return whether it answered."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
