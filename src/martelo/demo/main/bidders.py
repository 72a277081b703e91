"""`demo-bidders`: simulated people who bid."""

import time
from random import Random

from martelo.demo.main.house import open_house
from martelo.demo.settings import BiddersSettings
from martelo.demo.worker.crowd import Crowd
from martelo.runtime.http.client import open_client
from martelo.runtime.process.commands import Command
from martelo.runtime.process.metrics import open_registry
from martelo.runtime.worker.loops import Loop, Loops
from martelo.runtime.worker.process import SidePort, run_loops

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 8.0


def run(settings: BiddersSettings) -> None:
    """Have simulated people bid until SIGTERM or SIGINT; never in production."""
    client = open_client(connect_timeout_s=CONNECT_TIMEOUT_S, read_timeout_s=READ_TIMEOUT_S)
    chance = Random()  # noqa: S311 - who bids what is not a secret
    crowd = Crowd(open_house(client, settings), settings.demo_secret, chance, time.monotonic)
    side = SidePort(settings.host, settings.port, open_registry())
    run_loops(Loops([Loop("crowd", crowd.step)]), side)
    client.close()


COMMAND = Command(name="demo-bidders", settings=BiddersSettings, run=run)
