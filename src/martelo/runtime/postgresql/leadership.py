"""Leadership: of all processes that ask, one leads, by a lock of the database."""

import contextlib

import psycopg

from martelo.runtime.postgresql.connections import DatabaseUnavailable, connect

SILENT_S = 15.0


class Leadership:
    """A session's advisory lock on a connection of its own: who loses that has stopped leading.

    A leader that does not ask for `silent_s`, being paused or cut off, loses the lead. For a
    moment two may believe that they lead, so what a leader does must bear being done twice. Not
    to be shared between threads.
    """

    def __init__(self, url: str, key: int, *, application: str, silent_s: float = SILENT_S) -> None:
        self._url = url
        self._key = key
        self._application = application
        self._silent_ms = int(silent_s * 1000)
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._leads = False

    def is_held(self) -> bool:
        """Take the lead if it is free, or make sure that it is still held.

        Raises:
            DatabaseUnavailable: Unknown; the lead is lost.
        """
        try:
            if self._connection is None:
                self._connection = connect(self._url, application=self._application)
                self._connection.autocommit = True
                self._connection.execute(
                    "SELECT set_config('idle_session_timeout', %s, false)", (str(self._silent_ms),)
                )
            if self._leads:
                self._connection.execute("SELECT 1")
            else:
                took = self._connection.execute("SELECT pg_try_advisory_lock(%s)", (self._key,))
                self._leads = took.fetchone() == (True,)
        except psycopg.Error as error:
            self._drop()
            raise DatabaseUnavailable(str(error).partition("\n")[0]) from error
        return self._leads

    def release(self) -> None:
        """Stop leading, if this process does; then the lead is free for the next to ask."""
        if self._connection is not None and self._leads:
            # The end of the connection frees it too, but only once the server has noticed.
            with contextlib.suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (self._key,))
        self._drop()

    def _drop(self) -> None:
        self._leads = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
