"""The request to close again although the store's clock jumped; every worker reads it."""

from uuid import uuid4

from martelo.auctions.adapters.live_store.connection import Connection
from martelo.auctions.adapters.live_store.keys import RESUMPTION_KEY


class Resumption:
    """A token in the store, new at each request."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def request(self) -> None:
        """Ask every worker to resume.

        Raises:
            OutcomeUnknown, StoreUnavailable: As every change.
        """
        self._connection.change(RESUMPTION_KEY, "SET", RESUMPTION_KEY, str(uuid4()))

    def token(self) -> str | None:
        """Return the token of the last request.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        token = self._connection.ask(RESUMPTION_KEY, "GET", RESUMPTION_KEY)
        return None if token is None else str(token.decode())
