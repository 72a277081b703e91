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

from martelo.stack.certificates import TlsFiles
from martelo.stack.credentials import load_credentials
from martelo.stack.data_version import bring_up_to_date, require_readable
from martelo.stack.engines import binaries
from martelo.stack.engines.engine_user import EngineUser, choose_engine_user
from martelo.stack.engines.gateway import Gateway, Routes
from martelo.stack.engines.installed_certificate import InstalledCertificate
from martelo.stack.engines.pair import Pair, PairMember
from martelo.stack.engines.postgresql import PostgresqlServer
from martelo.stack.engines.valkey import Valkey
from martelo.stack.environment import ProcessEnvironment
from martelo.stack.errors import AlreadyRunningError, StackError, describe_os_error
from martelo.stack.folder import DataFolder, lock_folder
from martelo.stack.memory_folder import empty, memory_folder
from martelo.stack.ports import Ports, choose_ports
from martelo.stack.processes import groups
from martelo.stack.processes.guard import Guard
from martelo.stack.processes.probes import wait_for_http
from martelo.stack.settings import Settings, port_defaults, port_names
from martelo.stack.supervise.application import Application
from martelo.stack.supervise.commands import Commands
from martelo.stack.supervise.console import open_console
from martelo.stack.supervise.control import ask, serve_control
from martelo.stack.supervise.interruption import (
    BIDDING,
    OUTAGE_S,
    Interruption,
    describe_duration,
)
from martelo.stack.supervise.journal import LAUNCHER, Journal
from martelo.stack.supervise.supervisor import Supervisor
from martelo.stack.supervise.unit import Kind
from martelo.stack.topology import plan
from martelo.stack.topology.process import Process, Stage
from martelo.stack.transport import host_of

GATEWAY_WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class UpOptions:
    """What `up` was asked for.

    `only` empty: everything; `quiet`: print the launcher's lines; `workers`: how many of each
    process that can be several; `requested`: one-offs that run at request alone;
    `tls`: for a gateway that ends TLS itself.
    """

    folder: DataFolder
    port: int | None = None
    listen: str = "127.0.0.1"
    demo: bool = True
    quiet: bool = False
    only: tuple[str, ...] = ()
    workers: int | None = None
    requested: frozenset[str] = frozenset()
    tls: TlsFiles | None = None
    redirect_port: int | None = None


def run_stack(options: UpOptions, settings: Settings, report: Callable[[str], None]) -> int:
    """Run a stack until it is stopped; `report` takes one JSON line once it is up or has failed.

    Raises:
        StackError: It cannot be started.
    """
    options.folder.claim()
    require_readable(options.folder)
    lock = _lock(options.folder)
    try:
        return asyncio.run(_run(options, settings, report))
    finally:
        os.close(lock)


def _lock(folder: DataFolder) -> int:
    try:
        return lock_folder(folder)
    except AlreadyRunningError as error:
        raise AlreadyRunningError(f"Martelo is already up: {_ask_place(folder)}") from error


def _ask_place(folder: DataFolder) -> str:
    with contextlib.suppress(StackError):
        place: str = ask(folder, {"command": "place"}, timeout_s=5)["place"]
        return place
    return f"it is starting or stopping on {folder.path}"


async def _run(options: UpOptions, settings: Settings, report: Callable[[str], None]) -> int:
    started_at = time.monotonic()
    folder = options.folder
    console = open_console(colour=settings.colour)
    journal = Journal(folder.log, console, shown={LAUNCHER} if options.quiet else None)
    guard = Guard(folder.groups)
    ports: Ports | None = None
    environment: ProcessEnvironment | None = None
    try:
        for name in groups.end_leftovers(folder.groups):
            journal.say(f"{name} was left by a launcher that was lost: ended")
        await asyncio.to_thread(bring_up_to_date, folder, journal.say)
        processes = plan.make_plan(
            options.workers or settings.workers, count_cores(), without=settings.switched_off
        )
        ports = _choose_ports(options, settings, processes)
        environment = ProcessEnvironment(
            settings=settings,
            credentials=load_credentials(
                folder.secrets, store_exists=(folder.postgresql / "pg-a").exists()
            ),
            ports=ports,
            shared=memory_folder(folder.run),
            data_folders=_data_folders(folder, settings),
            processes=processes,
            listen=options.listen,
            has_tls=options.tls is not None,
            redirect_port=options.redirect_port,
        )
        _make_shared_folders(environment)
        guard.start()
        for line in ports.describe_moves():
            journal.say(line)
        stack = await asyncio.to_thread(_compose, options, environment, guard, journal)
        return await _serve(stack, options, report, started_at)
    except (StackError, OSError) as error:
        said = describe_os_error(error) if isinstance(error, OSError) else str(error)
        journal.say(f"error: {said}")
        report(json.dumps({"error": said}))
        return 1
    finally:
        guard.stop()
        if environment is not None:
            shutil.rmtree(environment.shared, ignore_errors=True)
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
    empty(environment.shared)
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
    if options.only:
        selected = plan.select(options.only, processes)
    else:
        selected = plan.everything(processes, without=settings.switched_off)
    return selected if settings.store_url is None else selected - {"valkey"}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Everything of a running stack."""

    supervisor: Supervisor
    pair: Pair | None
    guard: Guard
    journal: Journal
    certificate: InstalledCertificate | None


def _compose(
    options: UpOptions, environment: ProcessEnvironment, guard: Guard, journal: Journal
) -> Stack:
    folder = options.folder
    selected = _select(options, environment.settings, environment.processes)
    engine_user = choose_engine_user(folder.path, _engine_programs(selected))
    certificate = None
    if options.tls is not None:
        host = host_of(environment.settings, options.listen)
        certificate = InstalledCertificate(
            options.tls, host, folder.gateway, engine_user, journal.say
        )
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
        Application(process, environment.ports[process.health_port], environment.of(process))
        for process in environment.processes
        if process.context and process.name in selected and (demo or not process.demo)
    ]
    if "gateway" in selected:
        values = environment.gateway_values(workers=GATEWAY_WORKERS)
        # One whose port is set runs elsewhere on this machine.
        reachable = selected | environment.settings.ports.keys()
        absent = [p.name for p in environment.processes if p.name not in reachable]
        routes = Routes(values, absent, unknown=environment.switched_off())
        kinds.append(Gateway(plan.GATEWAY, folder.gateway, routes, engine_user, certificate))
    one_offs = [
        one_off
        for one_off in plan.ONE_OFFS
        if one_off.name in selected
        and (demo or not one_off.demo)
        and (one_off.name in options.requested or not one_off.on_request)
    ]
    supervisor = Supervisor(kinds, one_offs, environment, guard, journal)
    return Stack(
        supervisor=supervisor, pair=pair, guard=guard, journal=journal, certificate=certificate
    )


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
    commands = Commands(supervisor, stack.pair, stack.guard, stopping.set, options.folder)
    server = await serve_control(options.folder.run, commands.answer)
    _stop_on_signals(stopping, supervisor)
    if stack.pair is not None:
        await stack.pair.decide()
    helpers = [asyncio.create_task(stack.guard.watch())]
    if stack.pair is not None and stack.pair.with_standby:
        helpers.append(asyncio.create_task(stack.pair.watch()))
    if stack.certificate is not None:
        helpers.append(asyncio.create_task(stack.certificate.watch()))
    rise = asyncio.create_task(_rise(stack, options, report, started_at))
    wait = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([rise, wait], return_when=asyncio.FIRST_COMPLETED)
        if rise.done() and rise.exception() is None:
            await wait
    finally:
        journal.say("stopping")
        was_up = rise.done()
        for task in (rise, wait):
            task.cancel()
        failure = (await asyncio.gather(rise, return_exceptions=True))[0]
        await supervisor.bring_down(_noting_interruption(options.folder) if was_up else None)
        for helper in helpers:
            helper.cancel()
        server.close()
        # Of a disk that cannot be written the failure above says more.
        with contextlib.suppress(OSError):
            (options.folder.run / "control.sock").unlink()
        journal.say("stopped")
    if isinstance(failure, Exception):
        raise _plain(failure)
    return 0


def _noting_interruption(folder: DataFolder) -> Callable[[Stage], None]:
    """Return what notes the end of bids: people bid until the gateway is stopped."""

    def note(stage: Stage) -> None:
        if stage is Stage.GATEWAY:
            Interruption(folder.path).begin()

    return note


async def _rise(
    stack: Stack, options: UpOptions, report: Callable[[str], None], started_at: float
) -> None:
    """Bring everything up, say where it is, fill an empty house."""
    supervisor, journal = stack.supervisor, stack.journal
    names = {unit.name for unit in supervisor.units}
    async with asyncio.TaskGroup() as group:
        up = group.create_task(supervisor.bring_up())
        if {"gateway", "storefront"} <= names:
            await _wait_for_home(supervisor)
        else:
            await up
        journal.say(f"ready after {time.monotonic() - started_at:.1f} s: {supervisor.place}")
        if names >= BIDDING:
            await supervisor.find("auctions-api").ready.wait()
            seconds = Interruption(options.folder.path).end()
            if seconds is not None:
                journal.say(f"no bids for {describe_duration(seconds)}, since the last stop")
            if seconds is not None and seconds > OUTAGE_S:
                journal.say(
                    "ends that fell into it wait for five minutes; an administrator moves them at "
                    f"{supervisor.place}/administracao/leiloes"
                )
    try:
        await supervisor.bring_up_demo()
    except* StackError as group:
        for error in group.exceptions:
            journal.say(f"the stack is up, but: {error}")
    environment = supervisor.environment
    notices = await _read_notices(supervisor) if names >= {"gateway", "storefront"} else []
    if notices and not options.quiet:
        with contextlib.suppress(OSError):
            print(*notices, sep="\n", flush=True)
    moves = [*environment.ports.describe_moves(), *notices]
    url = supervisor.place if "gateway" in names else None
    report(json.dumps({"url": url, "place": supervisor.place, "moves": moves}))


async def _read_notices(supervisor: Supervisor) -> list[str]:
    """Return what a production house without an administrator says: a link, which no log holds."""
    if not supervisor.environment.settings.is_production:
        return []
    [admin_link] = (each for each in plan.ONE_OFFS if each.name == "storefront-admin-link")
    try:
        lines = await supervisor.read_one_off(admin_link)
    except StackError:
        return ["No administrator could be looked up; see ./martelo exec storefront admin-link."]
    return [line for line in lines if "://" in line]


async def _wait_for_home(supervisor: Supervisor) -> None:
    """Return once the home page answers; a worker that is not ready does not keep people out."""
    await supervisor.find("gateway").ready.wait()
    environment = supervisor.environment
    await wait_for_http(
        environment.ports["gateway"],
        "/",
        host=environment.gateway_host,
        has_tls=environment.has_tls,
    )


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
