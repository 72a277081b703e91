"""Workers and stores killed while mail and channel misbehave: nothing lost, no post twice."""

import random
import time
from collections import Counter

import pytest

from engines.agent import Process, as_admin, json_of
from engines.agent_world import PARTITIONS, AgentWorld, built
from engines.postgresql import PostgresqlServer
from engines.smtp import CUT, KEPT, Received
from fakes.ends import ANA, BRUNO, sold
from martelo.contracts.finished import AuctionFinished

AUCTIONS = 150
HELD_BACK = 30
"""So many end only after the fifth kill: where workers start slowly, kills are few and far."""
KILLS = 5
KILL_EVERY_S = 3.0
MAX_SECONDS = 900.0
QUICK = {"LEASE_S": "6", "WRITE_BUDGET_S": "2", "SEND_BUDGET_S": "3.2"}
"""A lease that a dead worker does not hold for long; each step of SMTP has 0.4 s then."""


class Chance:
    """What goes wrong, and how often: the same in each run, but for who comes when."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - faults, no secrets

    def mail(self, _: Received) -> str:
        drawn = self._random.random()
        if drawn < 0.05:
            return "451 later"
        return CUT if drawn < 0.06 else KEPT

    def post(self) -> str | None:
        faults = {"429": 0.04, "503": 0.04, "500": 0.02, "drop": 0.02}
        drawn = self._random.random()
        for fault, share in faults.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None


@pytest.mark.slow
def test_loses_nothing_and_posts_nothing_twice(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with built(postgresql, tmp_path_factory.mktemp("kill")) as world:
        chance = Chance(7)
        world.mail.data, world.discord.fault = chance.mail, chance.post
        ends = [sold(f"{n % PARTITIONS:02d}-{n:013d}") for n in range(AUCTIONS)]

        kills = kill_while_working(world, ends)

        assert kills >= KILLS
        ((reports,),) = world.agent.query("SELECT count(*) FROM report WHERE title IS NOT NULL")
        assert reports == AUCTIONS
        check_mails(world)
        check_posts(world, ends)


def kill_while_working(world: AgentWorld, ends: list[AuctionFinished]) -> int:
    """Have the auctions end bit by bit, a worker die every few seconds and each store once."""
    workers = [start(world), start(world)]
    left, kills = list(ends), 0
    began = killed = time.monotonic()
    while left or open_effects(world):
        assert time.monotonic() < began + MAX_SECONDS, states(world)
        if kills >= KILLS or len(left) > HELD_BACK:
            for end in left[:2]:
                announce(world, end)
            left = left[2:]
        # One that found no store at its start has ended, and is started again as launchers do.
        workers = [start(world) if each.has_ended else each for each in workers]
        is_time = time.monotonic() > killed + KILL_EVERY_S
        # On a machine that is slow to start them, none would live to work.
        if is_time and workers[kills % 2].is_ready(world.agent.http):
            killed = time.monotonic()
            workers[kills % 2].kill()
            if kills == 2:
                world.valkey.kill()
                world.valkey.start()
            if kills == 4:
                world.agent.postgresql.kill()
                world.agent.postgresql.start()
            workers[kills % 2] = start(world)
            kills += 1
        time.sleep(0.2)
    return kills


def announce(world: AgentWorld, end: AuctionFinished) -> None:
    """Announce an end in one of four ways; a quarter is only in the record."""
    number = int(str(end.auction_id)[3:])
    ways = (
        {"stream": 1},
        {"stream": 2, "hint": 1},
        {"stream": 0, "hint": 1},
        {"stream": 0},
    )
    world.announce(end, **ways[number % 4])


def check_mails(world: AgentWorld) -> None:
    """Every winner and every seller got their mail, some with a repetition known as one."""
    assert world.count("kind IN ('email_winner', 'email_seller') AND state <> 'done'") == 0
    by_recipient: dict[str, set[str]] = {}
    for mail in world.mail.received:
        by_recipient.setdefault(mail.recipient, set()).add(mail.message_id)
    for person in (ANA, BRUNO):
        assert len(by_recipient[f"{person.id}@x.example"]) == AUCTIONS
    for message_id, copies in group_by_id(world).items():
        assert len(copies) == 1, f"{message_id} was repeated in other words"


def group_by_id(world: AgentWorld) -> dict[str, set[bytes]]:
    copies: dict[str, set[bytes]] = {}
    for mail in world.mail.received:
        copies.setdefault(mail.message_id, set()).add(mail.raw)
    return copies


def check_posts(world: AgentWorld, ends: list[AuctionFinished]) -> None:
    """No lot was posted twice, and all that is uncertain is on the list."""
    posted: Counter[str] = world.discord.links()
    assert set(posted.values()) == {1}
    api = world.agent.serve()
    path = f"{api.url}/api/agent/effects?state=unknown,dead&limit=100"
    answer = world.agent.http.send("GET", path, headers=as_admin(world.neighbours))
    listed = {item["auction_id"] for item in json_of(answer)["items"]}
    done = {
        auction_id
        for (auction_id,) in world.agent.query(
            "SELECT auction_id FROM effect WHERE kind = 'discord' AND state = 'done'"
        )
    }
    reached = {link.rpartition("/")[2] for link in posted}
    assert done | listed == {str(end.auction_id) for end in ends}
    assert done <= reached
    assert not done & listed


def start(world: AgentWorld) -> Process:
    worker = world.agent.process("worker", **world.outside(), **QUICK)
    worker.start()
    return worker


def open_effects(world: AgentWorld) -> bool:
    known = world.count("kind = 'report'") == AUCTIONS
    return not known or world.count("state NOT IN ('done', 'unknown', 'dead', 'skipped')") > 0


def states(world: AgentWorld) -> list[tuple[object, ...]]:
    return world.agent.query("SELECT kind, state, count(*) FROM effect GROUP BY 1, 2 ORDER BY 1, 2")
