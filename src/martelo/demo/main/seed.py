"""`seed`: offer the demo's lots in an empty house."""

import sys
import time

from martelo.demo.adapters.packaged_pictures import read_pictures
from martelo.demo.main.house import open_house
from martelo.demo.ports import NotDone
from martelo.demo.settings import SeedSettings
from martelo.demo.use_cases import Seed
from martelo.runtime.http.client import open_client
from martelo.runtime.process.commands import Command, give_up

CONNECT_TIMEOUT_S = 2.0
UPLOAD_TIMEOUT_S = 35.0
"""A little longer than the gateway waits for a picture."""


def run(settings: SeedSettings) -> None:
    """Offer the demo's lots in an empty house; never in production."""
    client = open_client(connect_timeout_s=CONNECT_TIMEOUT_S, read_timeout_s=UPLOAD_TIMEOUT_S)
    seed = Seed(open_house(client, settings), read_pictures, time.sleep)
    try:
        for line in seed.run(time.time_ns() // 1_000_000):
            sys.stdout.write(f"{line}\n")
    except NotDone as error:
        give_up(f"the house answered {error}; the next start goes on from here")
    finally:
        client.close()


COMMAND = Command(name="demo-seed", settings=SeedSettings, run=run)
