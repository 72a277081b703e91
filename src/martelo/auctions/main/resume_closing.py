"""`resume-closing`: close again at once, after the store's clock jumped forward."""

from martelo.auctions.adapters.live_store.resumption import Resumption
from martelo.auctions.main.store import open_connection
from martelo.auctions.ports.failures import OutcomeUnknown, StoreUnavailable
from martelo.auctions.settings import StoreSettings
from martelo.runtime.process.commands import Command


def run(settings: StoreSettings) -> None:
    """Ask every worker to resume."""
    connection, _ = open_connection(settings)
    Resumption(connection).request()


COMMAND = Command(
    name="auctions-resume-closing",
    settings=StoreSettings,
    run=run,
    unavailable=(OutcomeUnknown, StoreUnavailable),
)
