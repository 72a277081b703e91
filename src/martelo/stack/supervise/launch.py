"""`up`: put a stack together, run it in the foreground until it is stopped."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from martelo.stack.credentials import load_credentials
from martelo.stack.engines import binaries
from martelo.stack.engines.engine_user import EngineUser, choose_engine_user
from martelo.stack.engines.gateway import Gateway
from martelo.stack.engines.pair import Pair, PairMember
from martelo.stack.engines.postgresql import PostgresqlServer
from martelo.stack.engines.valkey import Valkey
from martelo.stack.environment import ProcessEnvironment
from martelo.stack.errors import AlreadyRunningError, StackError
from martelo.stack.folder import DataFolder, lock_folder
from martelo.stack.ports import Ports, choose_ports
from martelo.stack.processes import groups
from martelo.stack.processes.guard import Guard
from martelo.stack.processes.probes import wait_for_http
from martelo.stack.settings import Settings, port_defaults, port_names
from martelo.stack.supervise.application import Application
from martelo.stack.supervise.commands import Commands
from martelo.stack.supervise.console import open_console
from martelo.stack.supervise.control import ask, serve_control
from martelo.stack.supervise.journal import LAUNCHER, Journal
from martelo.stack.supervise.supervisor import Supervisor
from martelo.stack.supervise.unit import Kind
from martelo.stack.topology import plan
from martelo.stack.topology.process import Process

GATEWAY_WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class UpOptions:
    """What `up` was asked for.

    `only` empty: everything; `quiet`: print the launcher's lines; `workers`: how many of each
    process that can be several.
    """

    folder: DataFolder
    port: int | None = None
    listen: str = "127.0.0.1"
    demo: bool = True
    quiet: bool = False
    only: tuple[str, ...] = ()
    workers: int | None = None


def run_stack(options: UpOptions, settings: Settings, report: Callable[[str], None]) -> int:
    """Run a stack until it is stopped; `report` takes one JSON line once it is up or has failed.

    Raises:
        StackError: It cannot be started.
    """
    options.folder.claim()
    lock = _lock(options.folder)
    try:
        return asyncio.run(_run(options, settings, report))
    finally:
        os.close(lock)


def _lock(folder: DataFolder) -> int:
    try:
        return lock_folder(folder)
    except AlreadyRunningError as error:
        raise AlreadyRunningError(f"Martelo is already up: {_ask_url(folder)}") from error


def _ask_url(folder: DataFolder) -> str:
    with contextlib.suppress(StackError):
        url: str = ask(folder, {"command": "url"}, timeout_s=5)["url"]
        return url
    return f"it is starting or stopping on {folder.path}"


async def _run(options: UpOptions, settings: Settings, report: Callable[[str], None]) -> int:
    started_at = time.monotonic()
    folder = options.folder
    console = open_console(colour=settings.colour)
    journal = Journal(folder.log, console, shown={LAUNCHER} if options.quiet else None)
    guard = Guard(folder.groups)
    ports: Ports | None = None
    try:
        for name in groups.end_leftovers(folder.groups):
            journal.say(f"{name} was left by a launcher that was lost: ended")
        processes = plan.make_plan(options.workers or settings.workers, count_cores())
        ports = _choose_ports(options, settings, processes)
        environment = ProcessEnvironment(
            settings=settings,
            credentials=load_credentials(
                folder.secrets, store_exists=(folder.postgresql / "pg-a").exists()
            ),
            ports=ports,
            shared=folder.shared,
            data_folders=_data_folders(folder, settings),
            processes=processes,
            listen=options.listen,
        )
        _make_shared_folders(environment)
        guard.start()
        for line in ports.describe_moves():
            journal.say(line)
        stack = await asyncio.to_thread(_compose, options, environment, guard, journal)
        return await _serve(stack, options, report, started_at)
    except (StackError, OSError) as error:
        journal.say(f"error: {error}")
        report(json.dumps({"error": str(error)}))
        return 1
    finally:
        guard.stop()
        journal.close()
        if ports is not None:
            ports.release()


def count_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _data_folders(folder: DataFolder, settings: Settings) -> list[Path]:
    """Return the folders of the engines that the stack runs."""
    return [*([] if settings.store_url else [folder.valkey]), folder.postgresql]


def _make_shared_folders(environment: ProcessEnvironment) -> None:
    """Make empty folders where processes count together: what an earlier start left is over."""
    shutil.rmtree(environment.shared, ignore_errors=True)
    for process in environment.processes:
        if "PROMETHEUS_MULTIPROC_DIR" in process.settings:
            environment.metrics_folder_of(process.name).mkdir(mode=0o700, parents=True)


def _choose_ports(options: UpOptions, settings: Settings, processes: Sequence[Process]) -> Ports:
    defaults = port_defaults(processes)
    # Of further processes that this plan has not, nothing is wanted.
    wanted = {name: number for name, number in settings.ports.items() if name in defaults}
    if options.port is not None:
        wanted["gateway"] = options.port
    selected = _select(options, settings, processes)
    if "postgresql" in selected:
        selected |= {"postgresql-replica"}
    started = {
        name for process in processes if process.name in selected for name in port_names(process)
    }
    return choose_ports(
        defaults, wanted, {"gateway": options.listen}, elsewhere=defaults.keys() - started
    )


def _select(options: UpOptions, settings: Settings, processes: Sequence[Process]) -> frozenset[str]:
    selected = plan.select(options.only, processes) if options.only else plan.everything(processes)
    return selected if settings.store_url is None else selected - {"valkey"}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Everything of a running stack."""

    supervisor: Supervisor
    pair: Pair | None
    guard: Guard
    journal: Journal


def _compose(
    options: UpOptions, environment: ProcessEnvironment, guard: Guard, journal: Journal
) -> Stack:
    folder = options.folder
    selected = _select(options, environment.settings, environment.processes)
    engine_user = choose_engine_user(folder.path, _engine_programs(selected))
    kinds: list[Kind] = []
    if "valkey" in selected:
        passwords = environment.credentials.valkey
        port = environment.ports["valkey"]
        kinds.append(Valkey(folder.valkey, port, passwords, engine_user, journal.say))
    pair = _compose_pair(folder, environment, engine_user, journal, selected)
    if pair is not None:
        kinds.append(PairMember(pair, pair.first))
        if pair.with_standby:
            kinds.append(PairMember(pair, pair.second))
    demo = options.demo and not environment.settings.is_production
    kinds += [
        Application(process, environment.ports[process.name], environment.of(process))
        for process in environment.processes
        if process.context and process.name in selected and (demo or not process.demo)
    ]
    if "gateway" in selected:
        values = environment.gateway_values(workers=GATEWAY_WORKERS)
        kinds.append(Gateway(plan.GATEWAY, folder.gateway, values, engine_user))
    one_offs = [
        one_off
        for one_off in plan.ONE_OFFS
        if one_off.name in selected and (demo or not one_off.demo)
    ]
    supervisor = Supervisor(kinds, one_offs, environment, guard, journal)
    return Stack(supervisor=supervisor, pair=pair, guard=guard, journal=journal)


def _compose_pair(
    folder: DataFolder,
    environment: ProcessEnvironment,
    engine_user: EngineUser,
    journal: Journal,
    selected: frozenset[str],
) -> Pair | None:
    if "postgresql" not in selected:
        return None
    passwords = environment.credentials.postgresql
    first, second = (
        PostgresqlServer(folder.postgresql / name, environment.ports[port], passwords, engine_user)
        for name, port in (("pg-a", "postgresql"), ("pg-b", "postgresql-replica"))
    )
    return Pair(
        first=first,
        second=second,
        engine_user=engine_user,
        passwords=passwords,
        say=journal.say,
        with_standby="postgresql-replica" in selected,
    )


def _engine_programs(selected: frozenset[str]) -> list[Path]:
    programs = {
        "valkey": binaries.valkey_server,
        "postgresql": lambda: binaries.postgresql_program("postgres"),
        "gateway": binaries.nginx,
    }
    return [find() for name, find in programs.items() if name in selected]


async def _serve(
    stack: Stack, options: UpOptions, report: Callable[[str], None], started_at: float
) -> int:
    supervisor, journal = stack.supervisor, stack.journal
    stopping = asyncio.Event()
    commands = Commands(supervisor, stack.pair, stack.guard, stopping.set)
    server = await serve_control(options.folder.run, commands.answer)
    _stop_on_signals(stopping, supervisor)
    if stack.pair is not None:
        await stack.pair.decide()
    helpers = [asyncio.create_task(stack.guard.watch())]
    if stack.pair is not None and stack.pair.with_standby:
        helpers.append(asyncio.create_task(stack.pair.watch()))
    rise = asyncio.create_task(_rise(stack, report, started_at))
    wait = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([rise, wait], return_when=asyncio.FIRST_COMPLETED)
        if rise.done() and rise.exception() is None:
            await wait
    finally:
        journal.say("stopping")
        for task in (rise, wait):
            task.cancel()
        failure = (await asyncio.gather(rise, return_exceptions=True))[0]
        await supervisor.bring_down()
        for helper in helpers:
            helper.cancel()
        server.close()
        with contextlib.suppress(FileNotFoundError):
            (options.folder.run / "control.sock").unlink()
        journal.say("stopped")
    if isinstance(failure, Exception):
        raise _plain(failure)
    return 0


async def _rise(stack: Stack, report: Callable[[str], None], started_at: float) -> None:
    """Bring everything up, say where it is, fill an empty house."""
    supervisor, journal = stack.supervisor, stack.journal
    names = {unit.name for unit in supervisor.units}
    async with asyncio.TaskGroup() as group:
        up = group.create_task(supervisor.bring_up())
        if {"gateway", "storefront"} <= names:
            await _wait_for_home(supervisor)
            what = supervisor.environment.public_url
        else:
            await up
            what = ", ".join(sorted(names))
        journal.say(f"ready after {time.monotonic() - started_at:.1f} s: {what}")
    try:
        await supervisor.bring_up_demo()
    except* StackError as group:
        for error in group.exceptions:
            journal.say(f"the stack is up, but: {error}")
    environment = supervisor.environment
    report(json.dumps({"url": environment.public_url, "moves": environment.ports.describe_moves()}))


async def _wait_for_home(supervisor: Supervisor) -> None:
    """Return once the home page answers; a worker that is not ready does not keep people out."""
    await supervisor.find("gateway").ready.wait()
    environment = supervisor.environment
    await wait_for_http(environment.ports["gateway"], "/", host=environment.gateway_host)


def _plain(failure: Exception) -> Exception:
    """Return the first error a person can use out of a group of them."""
    if isinstance(failure, ExceptionGroup):
        plain = failure.subgroup((StackError, OSError))
        if plain is not None:
            first = plain.exceptions[0]
            return _plain(first) if isinstance(first, ExceptionGroup) else first
    return failure


def _stop_on_signals(stopping: asyncio.Event, supervisor: Supervisor) -> None:
    """Stop cleanly at the first signal, at once at the second."""

    def stop() -> None:
        if stopping.is_set():
            supervisor.kill_all()
        stopping.set()

    loop = asyncio.get_running_loop()
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under nohup a terminal that goes away is not a reason to stop.
        if signal.getsignal(which) is not signal.SIG_IGN:
            loop.add_signal_handler(which, stop)
