import time
from collections.abc import Callable, Iterator

import pytest
import redis

from engines.agent import Process
from engines.agent_world import PARTITIONS, AgentWorld, built
from engines.postgresql import PostgresqlServer
from fakes.ends import ANA, BRUNO, sold, unsold
from martelo.agent.adapters.sources.valkey_ends import ValkeyEnds
from martelo.contracts.channels import finished_stream
from martelo.runtime.valkey.client import connect

SOON_S = 40


@pytest.fixture(scope="module")
def built_world(
    postgresql: PostgresqlServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AgentWorld]:
    with built(postgresql, tmp_path_factory.mktemp("agent-world")) as world:
        yield world


@pytest.fixture
def world(built_world: AgentWorld) -> Iterator[AgentWorld]:
    world = built_world
    world.empty()
    world.neighbours.known.clear()
    world.neighbours.record.clear()
    world.neighbours.is_down = False
    world.mail.received.clear()
    world.discord.posts.clear()
    yield world
    for process in world.agent.processes:
        process.kill()


def start(world: AgentWorld, **changed: str) -> Process:
    worker = world.agent.process("worker", **changed)
    worker.start()
    return worker


def until(world: AgentWorld, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON_S
    while not holds():
        if time.monotonic() > deadline:
            logs = [p.log.read_text()[-2_000:] for p in world.agent.processes if p.log.exists()]
            states = world.agent.query("SELECT kind, state, note, attempts FROM effect")
            ended = [p.log.name for p in world.agent.processes if p.has_ended]
            raise AssertionError(f"not in time: {states[:20]}, ended: {ended}\n{logs[-1:]}")
        time.sleep(0.05)


class TestWorker:
    def test_brings_about_everything_that_a_sale_does(self, world: AgentWorld) -> None:
        end = sold("01-0000000000001")
        worker = start(world, **world.outside())
        world.announce(end, record=0)

        until(world, lambda: world.count("state = 'done'") == 4)

        recipients = {mail.recipient: mail.message for mail in world.mail.received}
        assert set(recipients) == {f"{ANA.id}@x.example", f"{BRUNO.id}@x.example"}
        body = recipients[f"{BRUNO.id}@x.example"].get_body(("plain",))
        assert body is not None
        assert "Relógio de parede" in body.get_content()
        assert "R$ 150,00" in body.get_content()
        assert "https://leiloes.example/leiloes/01-0000000000001" in body.get_content()
        assert world.discord.links() == {"https://leiloes.example/leiloes/01-0000000000001": 1}
        worker.wait_ready(world.agent.http)
        counted = world.agent.http.send("GET", f"{worker.url}/metrics").body.decode()
        assert 'martelo_agent_attempts_total{kind="discord",outcome="done"} 1.0' in counted
        assert 'martelo_agent_ends_total{by="stream"} 1.0' in counted
        assert "\nmartelo_agent_stream_lag " in counted
        assert worker.stop() == 0

    def test_keeps_it_here_where_no_server_is_set_up(self, world: AgentWorld) -> None:
        start(world)
        world.announce(unsold("02-0000000000002"))

        until(world, lambda: world.count("state IN ('done', 'skipped')") == 3)

        kinds = "SELECT kind, state, channel FROM effect ORDER BY id"
        assert world.agent.query(kinds) == [
            ("report", "done", "site"),
            ("email_seller", "done", "outbox"),
            ("discord", "skipped", None),
        ]
        assert world.mail.received == []

    def test_does_each_thing_once_however_often_an_end_is_announced(
        self, world: AgentWorld
    ) -> None:
        end = sold("03-0000000000003")
        world.announce(end, stream=2, record=2)
        workers = [start(world, **world.outside()) for _ in range(2)]
        for worker in workers:
            worker.wait_ready(world.agent.http)
        world.announce(end, stream=1, hint=2, record=0)

        until(world, lambda: world.count("state = 'done'") == 4)
        with world.valkey.client() as client:
            stream = finished_stream(3)
            until(world, lambda: client.xinfo_groups(stream)[0]["lag"] == 0)

        assert world.count("true") == 4
        assert len(world.mail.received) == 2
        assert set(world.discord.links().values()) == {1}

    def test_hears_a_hint_and_finds_what_only_the_record_has(self, world: AgentWorld) -> None:
        world.announce(sold("00-0000000000004"), stream=0)
        worker = start(world)
        worker.wait_ready(world.agent.http)
        until(world, lambda: world.count("kind = 'report' AND state = 'done'") == 1)
        hinted = sold("01-0000000000005")

        world.announce(hinted, stream=0, hint=1, record=0)

        until(world, lambda: world.count(f"auction_id = '{hinted.auction_id}'") == 4)

    def test_waits_while_the_other_contexts_are_away(self, world: AgentWorld) -> None:
        world.neighbours.is_down = True
        start(world)
        world.announce(sold("02-0000000000006"))
        until(world, lambda: world.count("state = 'retry' AND attempts = 0") >= 1)

        world.neighbours.is_down = False

        until(world, lambda: world.count("state = 'done'") == 4)

    def test_survives_a_store_that_is_killed_and_one_that_is_emptied(
        self, world: AgentWorld
    ) -> None:
        start(world)
        world.announce(sold("03-0000000000007"))
        until(world, lambda: world.count("state = 'done'") == 4)

        world.valkey.kill()
        world.valkey.start()
        world.announce(sold("03-0000000000008"), record=0)
        until(world, lambda: world.count("state = 'done'") == 8)
        with world.valkey.client() as client:
            client.delete(*(finished_stream(number) for number in range(PARTITIONS)))
        world.announce(sold("03-0000000000009"), record=0)
        until(world, lambda: world.count("state = 'done'") == 12)

    @pytest.mark.slow
    def test_misses_nothing_that_ended_while_it_was_off(self, world: AgentWorld) -> None:
        ends = [sold(f"{n % PARTITIONS:02d}-{n:013d}") for n in range(1_000)]
        for end in ends:
            world.announce(end)

        start(world)
        start(world)
        deadline = time.monotonic() + 100
        while world.count("state = 'done'") < 4_000:
            assert time.monotonic() < deadline, world.count("state = 'done'")
            time.sleep(0.5)

        ((reports,),) = world.agent.query("SELECT count(*) FROM report WHERE title IS NOT NULL")
        assert reports == 1_000
        assert world.count("true") == 4_000


class TestRights:
    def test_let_the_agent_read_ends_and_nothing_else(self, world: AgentWorld) -> None:
        world.announce(sold("01-0000000000010"))
        url = world.agent.environment["VALKEY_URL"]
        ends = ValkeyEnds(connect(url, timeout_s=2))
        assert ends.partitions() == PARTITIONS
        (entry,) = ends.fresh(1, 10)
        assert [each.id for each in ends.abandoned(1, 10, 0)] == [entry.id]
        assert ends.lag(1) == 1
        ends.acknowledge(1, [entry.id])
        assert ends.lag(1) == 0

        stream = finished_stream(1)
        with redis.Redis.from_url(url.replace("valkey:", "redis:")) as client:
            for words in (
                ("XADD", stream, "*", "a", "b"),
                ("XDEL", stream, entry.id),
                ("XTRIM", stream, "MAXLEN", "0"),
                ("DEL", stream),
                ("SET", "martelo:partitions", "9"),
                ("HGETALL", "{p01}:a:01-0000000000010"),
                ("XRANGE", "{p01}:a:01-0000000000010:ledger", "-", "+"),
                ("SUBSCRIBE", "{p01}:a:01-0000000000010:live"),
                ("PUBLISH", "leiloes_finalizados", "x"),
                ("KEYS", "*"),
                ("FLUSHALL",),
            ):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    client.execute_command(*words)


class TestSettings:
    @pytest.mark.parametrize(
        ("changed", "logged"),
        [
            ({"SMTP_HOST": "mail.example"}, "MAIL_FROM"),
            ({"LEASE_S": "100"}, "LEASE_S must exceed"),
            ({"MAIL_FROM": "nobody"}, "MAIL_FROM"),
        ],
    )
    def test_that_cannot_be_kept_are_refused_at_the_start(
        self, world: AgentWorld, changed: dict[str, str], logged: str
    ) -> None:
        worker = start(world, **changed)
        assert worker.popen is not None

        assert worker.popen.wait(20) == 2
        assert logged in worker.log.read_text()
