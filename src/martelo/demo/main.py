"""The demo's process and one-off: `python -m martelo.demo.main NAME`.

A process imports only what it needs.
"""

import argparse
import sys
import time
from random import Random

from martelo.demo.adapters.http_house import HttpHouse
from martelo.demo.ports import NotDone
from martelo.demo.settings import BiddersSettings, SeedSettings
from martelo.runtime.http.client import HttpClient, open_client
from martelo.runtime.process import logs
from martelo.runtime.process.settings import load

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 8.0
UPLOAD_TIMEOUT_S = 35.0
"""A little longer than the gateway waits for a picture."""


def main(arguments: list[str] | None = None) -> None:
    """Run what is named."""
    parser = argparse.ArgumentParser(prog="python -m martelo.demo.main")
    commands = parser.add_subparsers(dest="name", required=True)
    for name in sorted(COMMANDS):
        commands.add_parser(name)
    COMMANDS[parser.parse_args(arguments).name]()


def seed() -> None:
    """Offer the demo's lots in an empty house; never in production."""
    settings = load(SeedSettings)
    _start(settings, "demo-seed")
    from martelo.demo.adapters.packaged_pictures import (  # noqa: PLC0415 - not for the bidders
        read_pictures,
    )
    from martelo.demo.use_cases import Seed  # noqa: PLC0415 - the same

    client = open_client(connect_timeout_s=CONNECT_TIMEOUT_S, read_timeout_s=UPLOAD_TIMEOUT_S)
    try:
        for line in Seed(_house(client, settings), read_pictures, time.sleep).run(
            time.time_ns() // 1_000_000
        ):
            sys.stdout.write(f"{line}\n")
    except NotDone as error:
        _give_up(f"the house answered {error}; the next start goes on from here")
    finally:
        client.close()


def bidders() -> None:
    """Have simulated people bid until told to stop; never in production."""
    settings = load(BiddersSettings)
    _start(settings, "demo-bidders")
    from martelo.demo.worker.crowd import Crowd  # noqa: PLC0415 - not for the seed
    from martelo.runtime.worker.loops import Loop, Loops  # noqa: PLC0415 - the same
    from martelo.runtime.worker.process import SidePort, run_loops  # noqa: PLC0415 - the same

    client = open_client(connect_timeout_s=CONNECT_TIMEOUT_S, read_timeout_s=READ_TIMEOUT_S)
    chance = Random()  # noqa: S311 - who bids what is no secret
    crowd = Crowd(_house(client, settings), settings.demo_secret, chance, time.monotonic)
    run_loops(Loops([Loop("crowd", crowd.step)]), SidePort(settings.host, settings.port))
    client.close()


def _start(settings: SeedSettings, process: str) -> None:
    if settings.env == "production":
        _give_up("the demo sells nothing real: not with MARTELO_ENV=production")
    logs.configure(settings.log_format, settings.log_level, process)


def _house(client: HttpClient, settings: SeedSettings) -> HttpHouse:
    return HttpHouse(client, settings.gateway_url, time.monotonic)


def _give_up(why: str) -> None:
    sys.stderr.write(f"{why}\n")
    raise SystemExit(1)


COMMANDS = {"bidders": bidders, "seed": seed}


if __name__ == "__main__":
    main()
