"""The store at its limits: no memory left, no disk left, no replica left."""

import json
import signal
import time
import uuid
from pathlib import Path

import pytest
import redis

from chaos.drill import Drill, Load, open_store
from chaos.people import create_auction, post
from chaos.proxy import Proxy
from chaos.servers import own_place, prepare, small_disk
from chaos.transports import HTTP, LIVE
from engines.valkey import ValkeyServer, running, valkey_binary, wait_link
from martelo.runtime.http.client import HttpResponse
from martelo.runtime.valkey.client import parse_address
from stacks import wait_for

pytestmark = pytest.mark.slow

ENOUGH = 8
"""Refusals to wait for: more than one bid."""

LEFT_BYTES = 64 * 1024


def wait_unclear(load: Load, slug: str) -> None:
    """Return once bids have been answered 503 for a while, over both transports."""
    before = sum(bidder.unclear for bidder in load.bidders)

    def is_refused() -> bool | None:
        unclear = sum(bidder.unclear for bidder in load.bidders) - before
        answered = set().union(*(bidder.slugs for bidder in load.bidders))
        transports, slugs = ({each[place] for each in answered} for place in (0, 1))
        return (unclear >= ENOUGH and transports == {HTTP, LIVE} and slug in slugs) or None

    wait_for(is_refused, f"bids to be answered {slug}", seconds=30)


def test_a_full_memory_refuses_bids_and_evicts_nothing(drill: Drill) -> None:
    url = parse_address(drill.environment["VALKEY_ADMIN_URL"]).url
    with redis.Redis.from_url(url) as admin, drill.load() as load:
        try:
            struck_at = time.monotonic()
            admin.config_set("maxmemory", "1mb")
            wait_unclear(load, "store-unavailable")
            for lots in drill.lots:
                for auction_id in lots.auction_ids:
                    assert drill.http.send("GET", f"{drill.url}/auction/{auction_id}").status == 200
            assert admin.info("stats")["evicted_keys"] == 0
        finally:
            admin.config_set("maxmemory", "0")
        freed_s = time.monotonic() - struck_at
        load.flow()
        back_s = load.journal.longest_silence_s(struck_at) - freed_s
        times = load.times(struck_at, max(back_s, 0.0))

    load.conclude("Valkey's memory full", [times], "503, nothing evicted")


def test_a_full_disk_acknowledges_nothing_false(drill: Drill, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "60m") as refused:
        if refused is not None:
            drill.table.add_not_proved("disk full", refused)
            pytest.skip(refused)
        disk = tmp_path / "disk"
        with running(ValkeyServer(valkey_binary(), disk / "valkey")) as server:
            prepare(server)
            with own_place(drill, tmp_path, server.url, open_store(server.url)) as place:
                with drill.load(place) as load:
                    struck_at = time.monotonic()
                    fill(disk)
                    wait_unclear(load, "outcome-unknown")
                    assert b'"store":"down"' in drill.http.send("GET", f"{place.url}/readyz").body
                    (disk / "filler").unlink()
                    freed_at = time.monotonic()
                    has_ended = not server.is_running
                    if has_ended:
                        server.start()
                    load.flow()
                    back_s = load.journal.first_after(freed_at) - freed_at
                    times = load.times(struck_at, back_s)

                end = "it ended and was restarted" if has_ended else "it kept running"
                load.conclude("disk full", [times], f"Valkey: {end}")


def fill(disk: Path) -> None:
    """Fill a disk, leaving room for a few bids."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while filler.write(b"\0" * 4096) == 4096:
                pass
        except OSError:
            filler.truncate(filler.tell() - LEFT_BYTES)


def test_a_bid_waits_for_a_replica_and_survives_its_primary(drill: Drill, tmp_path: Path) -> None:
    at_once = ("--repl-diskless-sync-delay", "0")
    first = ValkeyServer(valkey_binary(), tmp_path / "first", *at_once)
    with running(first):
        prepare(first)
        follows = (*at_once, "--replicaof", "127.0.0.1", str(first.port))
        with (
            running(ValkeyServer(valkey_binary(), tmp_path / "second", *follows)) as second,
            # As a Kubernetes Service: one address, whichever server is primary.
            Proxy(first.port, delay_s=0).running() as address,
        ):
            wait_link(second)
            url = f"valkey://127.0.0.1:{address.port}/0"
            wait = {"VALKEY_WAIT_REPLICAS": "1"}
            with own_place(drill, tmp_path, url, open_store(url), **wait) as place:
                wait_replica_stopped(drill, place.url, second)
                with drill.load(place) as load:
                    struck_at = time.monotonic()
                    first.kill()
                    with second.client() as client:
                        client.replicaof("NO", "ONE")
                    address.target = second.port
                    wait_unclear(load, "outcome-unknown")
                    first.start()
                    with first.client() as client:
                        client.replicaof("127.0.0.1", second.port)
                    wait_link(first)
                    linked_s = time.monotonic() - struck_at
                    load.flow()
                    times = load.times(struck_at, linked_s)

                note = "written again once a replica followed"
                load.conclude("WAIT 1: primary killed", [times], note)


def wait_replica_stopped(drill: Drill, url: str, replica: ValkeyServer) -> None:
    """Check that nothing is acknowledged without a replica, and later by the same key."""
    auction_id = create_auction(drill.http, url, drill.seller)
    bidder, key = drill.bidders[0], uuid.uuid4().hex

    def ask() -> HttpResponse:
        headers = {**bidder.bearer, "Idempotency-Key": key}
        body = {"auction_id": auction_id, "amount": "1.00"}
        return post(drill.http, f"{url}/place-bid", body, headers)

    replica.send(signal.SIGSTOP)
    try:
        answers = [ask(), ask()]
    finally:
        replica.send(signal.SIGCONT)

    def ask_again() -> HttpResponse | None:
        repeated = ask()
        return None if repeated.status == 503 else repeated

    answer = wait_for(ask_again, "an answer to the same key", seconds=20)

    assert [each.status for each in answers] == [503, 503]
    assert all(b"outcome-unknown" in each.body for each in answers)
    assert answer.status == 201
    assert answer.headers["idempotent-replay"] == "true"
    assert json.loads(answer.body)["seq"] == 2
