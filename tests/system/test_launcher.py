"""The launcher, from outside, on real engines."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from martelo.stack.processes import proctable
from martelo.stack.processes.groups import Group
from martelo.stack.processes.guard import Guard
from stacks import LaunchedStack, wait_for, wait_until_gone
from visitors import Visitor

PAIR = ("postgresql", "postgresql-replica")
Launch = Callable[..., LaunchedStack]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Create stacks, each in its own folder, and stop them all."""
    stacks: list[LaunchedStack] = []

    def make(**environment: str) -> LaunchedStack:
        stacks.append(LaunchedStack(tmp_path / f"data-{len(stacks)}", environment))
        return stacks[-1]

    yield make
    for stack in stacks:
        stack.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaunchedStack]:
    """Run a stack for tests that do not change it."""
    stack = LaunchedStack(tmp_path_factory.mktemp("running") / "data")
    try:
        stack.up("valkey", *PAIR)
        yield stack
    finally:
        stack.close()


def valkey(stack: LaunchedStack, user: str) -> redis.Redis:
    return redis.Redis(
        port=stack.process("valkey")["ports"][0],
        username=user,
        password=stack.password("valkey", user),
        decode_responses=True,
    )


class TestUp:
    def test_ends_with_the_ready_line_and_answers(self, running: LaunchedStack) -> None:
        process = running.process("valkey")
        assert process["state"] == "ready"
        assert valkey(running, "admin").ping()

    def test_refuses_a_second_launcher_with_status_3(self, running: LaunchedStack) -> None:
        second = running.run("up", "--only", "valkey")

        assert second.returncode == 3
        assert "already up: postgresql" in second.stdout

    def test_refuses_a_taken_port_by_name(self, launch: Launch) -> None:
        stack = launch()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]

            done = stack.run("up", "--only", "gateway", "--port", str(port))

        assert done.returncode == 1
        assert f"Port {port}, wanted for gateway, is taken" in done.stdout
        assert "--port" in done.stdout

    def test_refuses_a_foreign_folder_untouched(self, tmp_path: Path, launch: Launch) -> None:
        foreign = tmp_path / "data-0"
        foreign.mkdir()
        (foreign / "thesis.txt").touch()

        done = launch().run("up", "--only", "valkey")

        assert done.returncode == 1
        assert "nothing was touched" in done.stderr
        assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]

    def test_moves_from_a_taken_default_and_says_so(
        self, running: LaunchedStack, launch: Launch
    ) -> None:
        second = launch()

        second.up("valkey")

        ports = {stack.process("valkey")["ports"][0] for stack in (running, second)}
        assert len(ports) == 2
        assert "is taken: valkey is on" in second.do("logs", "martelo")

    def test_goes_to_the_background_once_it_is_ready(self, launch: Launch) -> None:
        stack = launch()

        done = stack.run("up", "--detach", "--only", "valkey")

        assert done.returncode == 0
        assert done.stderr.splitlines()[0] == "waiting for everything to be ready"
        assert "ready: valkey" in done.stderr
        assert not done.stdout
        assert stack.process("valkey")["state"] == "ready"
        stack.do("down")
        assert stack.run("status").returncode == 1

    def test_leads_to_no_process_that_was_not_started(self, launch: Launch) -> None:
        stack = launch()

        done = stack.run("up", "--detach", "--only", "gateway")

        assert re.fullmatch(r"http://localhost:\d+\n", done.stdout)
        port = stack.process("gateway")["ports"][0]
        paths = (
            "/",
            "/view-auctions",
            "/live",
            "/socket.io/?EIO=4",
            "/media/a.webp",
            "/openapi.json",
        )
        with closing(Visitor(port)) as visitor:
            answers = {path: visitor.send("GET", path) for path in paths}
        assert {path: (a.status, a.slug) for path, a in answers.items()} == dict.fromkeys(
            paths, (503, "unavailable")
        )
        # Not even asked: a stranger's program may have the port.
        assert '"upstream":""' in stack.do("logs", "gateway")
        assert '"upstream":"127' not in stack.do("logs", "gateway")
        stack.do("down")

    def test_says_which_port_moved_in_the_background(self, launch: Launch) -> None:
        first, second = launch(), launch()
        first.up("valkey")

        done = second.run("up", "--detach", "--only", "valkey")

        number = second.process("valkey")["ports"][0]
        assert f"is taken: valkey is on {number}" in done.stderr
        assert "is taken" not in done.stdout

    def test_says_what_went_wrong_in_the_background_too(self, launch: Launch) -> None:
        stack = launch()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])

            done = stack.run("up", "--detach", "--only", "gateway", "--port", port)

        assert done.returncode == 1
        assert f"Port {port}" in done.stderr

    def test_checks_its_arguments_before_it_goes_to_the_background(self, launch: Launch) -> None:
        stack = launch()

        done = stack.run("up", "--detach", "--only", "valky")

        assert done.returncode == 1
        assert done.stderr == "martelo: --only: there is no process 'valky'.\n"
        assert not stack.data.exists()

    def test_finds_its_data_again(self, launch: Launch) -> None:
        stack = launch()
        stack.up("valkey", *PAIR)
        valkey(stack, "auctions").set("{p00}:kept", "yes")
        with stack.connect("auctions_owner", "auctions") as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'yes' AS word")
        stack.do("down")

        stack.up("valkey", *PAIR)

        assert valkey(stack, "auctions").get("{p00}:kept") == "yes"
        with stack.connect("auctions", "auctions") as connection:
            assert connection.execute("SELECT word FROM kept").fetchall() == [("yes",)]

    def test_on_a_copy_of_a_running_stacks_folder_leaves_the_original_alone(
        self, running: LaunchedStack, launch: Launch
    ) -> None:
        pids = running.pids()
        copy = launch()
        subprocess.run(["/bin/cp", "-a", running.data, copy.data], check=True)

        copy.up("valkey", *PAIR)

        assert {p["pid"] for p in running.status()["processes"]} <= set(pids)
        assert not set(pids) & set(copy.pids())


class TestStatus:
    def test_has_the_promised_shape(self, running: LaunchedStack) -> None:
        status = json.loads(running.do("status", "--json"))

        keys = {"name", "pid", "state", "restarts", "ports", "pss_bytes", "role"}
        assert all(keys <= set(process) for process in status["processes"])
        assert [p["name"] for p in status["processes"]] == ["valkey", *PAIR]
        assert [p["role"] for p in status["processes"]] == [None, "primary", "standby"]
        assert all(process["pss_bytes"] > 1_000_000 for process in status["processes"])
        assert set(status["urls"]) == {"valkey", *PAIR}
        assert status["memory"]["within_budget"] is True
        assert 0 < status["store"]["used_bytes"] < status["store"]["max_bytes"]

    def test_shows_no_password(self, running: LaunchedStack) -> None:
        kept = json.loads((running.data / "secrets/passwords.json").read_text())

        shown = running.do("status", "--json") + running.do("status") + running.do("logs")

        assert not any(word in shown for group in kept.values() for word in group.values())

    def test_is_for_the_owner_only(self, running: LaunchedStack) -> None:
        mode = (running.data / "run/control.sock").stat().st_mode

        assert stat.S_IMODE(mode) == 0o600

    def test_says_that_nothing_runs(self, launch: Launch) -> None:
        done = launch().run("status")

        assert done.returncode == 1
        assert "No stack runs" in done.stderr


class TestKill:
    def test_is_followed_by_a_restart(self, launch: Launch) -> None:
        stack = launch()
        stack.up("valkey", *PAIR)

        for name in ("valkey", *PAIR):
            before = stack.process(name)
            stack.do("kill", name)
            after = stack.wait_ready(name, other_than=before["pid"])
            assert after["restarts"] == before["restarts"] + 1

    def test_leaves_no_child_behind(self, launch: Launch) -> None:
        stack = launch()
        stack.up("postgresql")
        tree = proctable.find_tree(stack.process("postgresql")["pid"])
        assert len(tree) > 3

        stack.do("kill", "postgresql", "--hold", "60")

        wait_until_gone(tree)
        assert stack.process("postgresql")["state"] == "held"

    def test_holds_as_long_as_asked(self, launch: Launch) -> None:
        stack = launch()
        stack.up("valkey")
        before = stack.process("valkey")["pid"]

        stack.do("kill", "valkey", "--hold", "1.5")
        wait_for(lambda: stack.process("valkey")["state"] == "held" or None, "held")

        assert stack.wait_ready("valkey", other_than=before)

    def test_names_what_there_is(self, running: LaunchedStack) -> None:
        done = running.run("kill", "nobody")

        assert done.returncode == 1
        assert "There are: valkey" in done.stderr

    def test_is_restarted_when_killed_by_hand(self, launch: Launch) -> None:
        stack = launch()
        stack.up("valkey")
        before = stack.process("valkey")["pid"]

        os.kill(before, signal.SIGKILL)

        stack.wait_ready("valkey", other_than=before)

    @pytest.mark.slow
    def test_shows_a_process_that_keeps_ending_as_failing(self, launch: Launch) -> None:
        stack = launch()
        stack.up("valkey")

        def kill_and_look() -> bool | None:
            process = stack.process("valkey")
            if process["pid"]:
                stack.run("kill", "valkey")
            return True if process["state"] == "failing" else None

        wait_for(kill_and_look, "failing")


class TestRestart:
    def test_comes_back_under_another_pid(self, running: LaunchedStack) -> None:
        before = running.process("valkey")

        said = running.do("restart", "valkey")

        assert "ready again after" in said
        after = running.process("valkey")
        assert (after["state"], after["restarts"]) == ("ready", before["restarts"] + 1)
        assert after["pid"] != before["pid"]


class TestPause:
    def test_freezes_until_resumed(self, running: LaunchedStack) -> None:
        pid = running.process("valkey")["pid"]

        running.do("pause", "valkey")
        assert running.process("valkey")["state"] == "paused"
        entry = proctable.find_process(pid)
        assert entry is not None
        assert entry.state == "T"
        running.do("resume", "valkey")

        assert running.wait_ready("valkey")["pid"] == pid

    def test_of_the_standby_holds_commits_for_two_seconds_only(
        self, running: LaunchedStack
    ) -> None:
        wait_for(lambda: _is_synchronous(running) or None, "commits to wait for the standby")

        running.do("pause", "postgresql-replica")
        with running.connect("auctions_owner", "auctions") as connection:
            connection.execute("SET statement_timeout = '20s'")
            connection.execute("CREATE TABLE written (at int)")
        assert not _is_synchronous(running)
        running.do("resume", "postgresql-replica")

        wait_for(lambda: _is_synchronous(running) or None, "commits to wait again")


class TestLoss:
    """The launcher killed in several ways: no process is left."""

    @pytest.mark.parametrize("with_guardian", [False, True])
    def test_leaves_no_process(self, launch: Launch, *, with_guardian: bool) -> None:
        stack = launch()
        stack.up("valkey", *PAIR, "gateway")
        pids = stack.pids()
        status = stack.status()

        if with_guardian:
            os.kill(status["launcher"]["guardian_pid"], signal.SIGKILL)
        os.kill(status["launcher"]["pid"], signal.SIGKILL)

        stack.launcher.wait()
        wait_until_gone(pids)

    def test_is_made_good_by_the_guardian_where_the_kernel_does_not(self, tmp_path: Path) -> None:
        """A group recorded with the guardian, but without a death signal, as on macOS."""
        program = subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
        entry = proctable.find_process(program.pid)
        assert entry is not None
        guard = Guard(tmp_path / "groups.json")
        guard.start()

        guard.add(Group("sleep", program.pid, entry.started, signal.SIGTERM))
        guard.stop()

        assert program.wait(timeout=10) == -signal.SIGTERM

    def test_starts_a_lost_guardian_again(self, running: LaunchedStack) -> None:
        before = running.status()["launcher"]["guardian_pid"]

        os.kill(before, signal.SIGKILL)

        def look() -> bool | None:
            now = running.status()["launcher"]["guardian_pid"]
            return True if now != before and proctable.find_process(now) else None

        wait_for(look, "another guardian")

    def test_ends_in_good_order_on_a_signal(self, launch: Launch) -> None:
        stack = launch()
        stack.up("valkey", *PAIR)
        pids = stack.pids()

        stack.launcher.send_signal(signal.SIGINT)

        assert stack.launcher.wait(timeout=60) == 0
        wait_until_gone(pids)
        last = stack.do("logs", "postgresql", "postgresql-replica", "valkey")
        assert last.count("database system is shut down") == 2
        assert "Valkey is now ready to exit" in last


class TestFailover:
    def test_loses_nothing_and_makes_a_standby_of_the_old_primary(self, launch: Launch) -> None:
        stack = launch()
        stack.up(*PAIR)
        wait_for(lambda: _is_synchronous(stack) or None, "commits to wait for the standby")
        with stack.connect("auctions_owner", "auctions") as connection:
            connection.execute("CREATE TABLE counted AS SELECT generate_series(1, 1000) AS n")
        ports = {name: stack.process(name)["ports"] for name in PAIR}

        stack.do("failover")

        assert stack.process("postgresql")["ports"] == ports["postgresql-replica"]
        with stack.connect("auctions", "auctions") as connection:
            assert connection.execute("SELECT count(*) FROM counted").fetchall() == [(1000,)]
            connection.execute("INSERT INTO counted VALUES (1001)")
        assert stack.wait_ready("postgresql-replica")["ports"] == ports["postgresql"]
        wait_for(lambda: _is_synchronous(stack) or None, "commits to wait for the new standby")
        with stack.connect("auctions", "auctions", name="postgresql-replica") as connection:
            rows = wait_for(lambda: _count_all(connection), "the new row on the new standby")
            assert rows == 1001

    def test_brings_writes_back_while_the_primary_is_kept_down(self, launch: Launch) -> None:
        stack = launch()
        stack.up(*PAIR)
        wait_for(lambda: _is_synchronous(stack) or None, "commits to wait for the standby")
        with stack.connect("auctions_owner", "auctions") as connection:
            connection.execute("CREATE TABLE counted AS SELECT generate_series(1, 1000) AS n")
        ports = {name: stack.process(name)["ports"] for name in PAIR}
        stack.do("kill", "postgresql", "--hold", "600")

        stack.do("failover")

        assert stack.process("postgresql")["ports"] == ports["postgresql-replica"]
        with stack.connect("auctions_owner", "auctions") as connection:
            assert connection.execute("SELECT count(*) FROM counted").fetchall() == [(1000,)]
            connection.execute("INSERT INTO counted VALUES (1001)")
        assert stack.wait_ready("postgresql-replica")["ports"] == ports["postgresql"]

    @pytest.mark.slow
    def test_is_remembered_and_can_be_undone(self, launch: Launch) -> None:
        stack = launch()
        first = stack.data / "postgresql" / "pg-a" / "standby.signal"
        stack.up(*PAIR)
        stack.do("failover")
        stack.wait_ready("postgresql-replica")
        stack.do("down")

        stack.up(*PAIR)
        assert first.exists()
        stack.wait_ready("postgresql-replica")
        stack.do("failover")
        stack.wait_ready("postgresql-replica")

        assert not first.exists()

    def test_is_refused_without_a_standby(self, launch: Launch) -> None:
        stack = launch()
        stack.up("postgresql")

        done = stack.run("failover")

        assert done.returncode == 1
        assert "without a standby" in done.stderr

    @pytest.mark.slow
    def test_cut_off_half_way_is_finished_by_the_next_start(self, launch: Launch) -> None:
        """Two folders that both accepted writes: the older one is set aside."""
        stack = launch()
        stack.up(*PAIR)
        stack.do("down")
        (stack.data / "postgresql/pg-b/standby.signal").unlink()
        stack.up(*PAIR)

        with stack.connect("auctions", "auctions") as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]

        stack.wait_ready("postgresql-replica")
        aside = [p for p in (stack.data / "postgresql").iterdir() if ".set-aside-" in p.name]
        assert len(aside) == 1
        assert "copies  1, " in stack.do("status")
        stack.do("copies", "--remove", "--yes")
        assert not aside[0].exists()


class TestUpgrade:
    @pytest.mark.slow
    def test_copies_older_data_first_and_can_return_to_them(self, launch: Launch) -> None:
        stack = launch()
        stack.up("postgresql", "valkey")
        stack.do("down")
        (stack.data / "data-version.json").unlink()

        stack.up("postgresql", "valkey")
        with stack.connect("postgres", "auctions") as connection:
            connection.execute("CREATE SCHEMA newer")
        stack.do("down")
        [copy] = stack.data.glob("before-upgrade-1-*")
        for name in ("postgresql", "valkey"):
            shutil.rmtree(stack.data / name)
            (copy / name).rename(stack.data / name)
        (stack.data / "data-version.json").unlink()
        stack.up("postgresql", "valkey")

        with stack.connect("postgres", "auctions") as connection:
            found = connection.execute("SELECT FROM pg_namespace WHERE nspname = 'newer'")
            assert found.fetchall() == []

    def test_makes_the_database_of_a_new_context_while_commits_wait_for_the_standby(
        self, launch: Launch
    ) -> None:
        stack = launch()
        stack.up(*PAIR)
        wait_for(lambda: _is_synchronous(stack) or None, "commits to wait for the standby")
        with stack.connect("postgres", "postgres") as connection:
            connection.execute("DROP DATABASE images")
        stack.do("down")

        stack.up(*PAIR)

        with stack.connect("images", "images") as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]


class TestRights:
    def test_roles_enter_their_own_database_only(self, running: LaunchedStack) -> None:
        for user in ("auctions", "auctions_owner", "accounts", "accounts_owner"):
            for database in ("auctions", "accounts", "postgres", "template1"):
                if user.startswith(database):
                    running.connect(user, database).close()
                else:
                    with pytest.raises(psycopg.OperationalError, match="permission denied"):
                        running.connect(user, database)

    def test_runtime_roles_use_tables_and_change_none(self, running: LaunchedStack) -> None:
        with running.connect("auctions_owner", "auctions") as owner:
            owner.execute("CREATE TABLE lots (id serial PRIMARY KEY, title text)")
            owner.execute("CREATE SCHEMA archive")
            owner.execute("CREATE TABLE archive.lots (id int)")

        with running.connect("auctions", "auctions") as runtime:
            runtime.execute("INSERT INTO lots (title) VALUES ('cake')")
            runtime.execute("INSERT INTO archive.lots VALUES (1)")
            for forbidden in (
                "DROP TABLE lots",
                "CREATE TABLE mine (id int)",
                "ALTER TABLE lots ADD COLUMN more int",
                "TRUNCATE lots",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    runtime.execute(forbidden)

    def test_texts_are_utf8_and_extensions_are_there(self, running: LaunchedStack) -> None:
        with running.connect("auctions_owner", "auctions") as owner:
            owner.execute("CREATE EXTENSION unaccent")
            owner.execute("CREATE EXTENSION pg_trgm")
            found = owner.execute(
                "SELECT current_setting('server_encoding'), unaccent('leilão'),"
                " to_tsvector('portuguese', 'bolos') = to_tsvector('portuguese', 'bolo')"
            ).fetchall()

        assert found == [("UTF8", "leilao", True)]

    def test_the_live_store_writes_to_disk_before_it_answers(self, running: LaunchedStack) -> None:
        found: Any = valkey(running, "admin").config_get("append*", "maxmemory-policy")

        assert found["appendonly"] == "yes"
        assert found["appendfsync"] == "always"
        assert found["maxmemory-policy"] == "noeviction"

    def test_a_context_reaches_its_keys_and_functions_only(self, running: LaunchedStack) -> None:
        library = (
            "#!lua name=probe\n"
            "redis.register_function('probe_all', function(keys, args)\n"
            "  redis.call('HSET', keys[1], 'a', '1')\n"
            "  redis.call('HMGET', keys[1], 'a')\n"
            "  redis.call('ZADD', keys[2], 1, 'a')\n"
            "  redis.call('ZREM', keys[2], 'a')\n"
            "  redis.call('XADD', keys[3], '*', 'a', '1')\n"
            "  redis.call('PUBLISH', args[1], 'a')\n"
            "  return redis.call('TIME')\n"
            "end)\n"
        )
        valkey(running, "admin").function_load(library)
        auctions = valkey(running, "auctions")

        auctions.fcall("probe_all", 3, "{p00}:h", "{p00}:z", "{p00}:s", "{p00}:live")
        auctions.info()
        auctions.publish("leiloes_finalizados", "{}")
        auctions.set("martelo:partitions", "16")

        for words in (
            ("GET", "accounts:session"),
            ("SET", "other", "1"),
            ("FLUSHALL",),
            ("KEYS", "*"),
            ("CONFIG", "GET", "dir"),
            ("FUNCTION", "LOAD", "REPLACE", library),
            ("FUNCTION", "FLUSH"),
            ("EVAL", "return 1", "0"),
            ("ACL", "LIST"),
            ("SHUTDOWN",),
            ("REPLICAOF", "NO", "ONE"),
            ("CLIENT", "KILL", "TYPE", "normal"),
            ("PUBLISH", "other", "1"),
            ("FCALL", "probe_all", "3", "h", "z", "s", "{p00}:live"),
        ):
            with pytest.raises(redis.exceptions.NoPermissionError):
                auctions.execute_command(*words)  # type: ignore[no-untyped-call]

    def test_nobody_gets_in_without_a_password(self, running: LaunchedStack) -> None:
        port = running.process("valkey")["ports"][0]

        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis(port=port, retry=Retry(NoBackoff(), retries=0)).ping()


class TestReset:
    def test_deletes_what_is_ours_after_a_yes(self, launch: Launch) -> None:
        stack = launch()
        stack.up("valkey")

        assert stack.run("reset", "--yes").returncode == 1
        stack.do("down")
        stack.do("reset", "--yes")

        assert not stack.data.exists()

    def test_leaves_a_foreign_folder(self, launch: Launch, tmp_path: Path) -> None:
        (tmp_path / "data-0").mkdir()
        (tmp_path / "data-0/thesis.txt").touch()

        done = launch().run("reset", "--yes")

        assert done.returncode == 1
        assert (tmp_path / "data-0/thesis.txt").exists()


class TestExec:
    def test_runs_a_program_with_the_stacks_settings(self, running: LaunchedStack) -> None:
        code = (
            "import os, psycopg\n"
            "with psycopg.connect(os.environ['DATABASE_OWNER_URL']) as connection:\n"
            "    print(connection.execute('SELECT current_user').fetchone()[0])\n"
        )

        said = running.do("exec", "auctions", "--", "python", "-c", code)

        assert said.strip() == "auctions_owner"


def _is_synchronous(stack: LaunchedStack) -> bool:
    with stack.connect("postgres", "postgres") as connection:
        rows = connection.execute("SHOW synchronous_standby_names").fetchall()
    return rows == [("standby",)]


def _count_all(connection: psycopg.Connection[tuple[Any, ...]]) -> int | None:
    rows = connection.execute("SELECT count(*) FROM counted").fetchall()
    return 1001 if rows == [(1001,)] else None
