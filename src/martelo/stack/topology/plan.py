"""What runs: every process and one-off of the topology, and the plan of one machine.

The launcher, the render of the gateway, the checks of manifests and the diagram of the architecture
read it; nothing here starts anything.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from martelo.stack.topology import contexts
from martelo.stack.topology.discovery import find_contexts
from martelo.stack.topology.engines import ENGINES
from martelo.stack.topology.gateway import gateway_to
from martelo.stack.topology.process import Context, Growth, OneOff, Process

CONTEXTS = find_contexts(contexts)
APPLICATIONS = tuple(process for context in CONTEXTS for process in context.processes)
ONE_OFFS = tuple(one_off for context in CONTEXTS for one_off in context.one_offs)
ITEMS: tuple[Process | OneOff, ...] = (*APPLICATIONS, *ONE_OFFS)
GATEWAY = gateway_to(APPLICATIONS)
PROCESSES = (*ENGINES, *APPLICATIONS, GATEWAY)

DATABASES = tuple(context.identity for context in CONTEXTS if context.has_database)
VALKEY_RIGHTS = {each.identity: each.valkey_rights for each in CONTEXTS if each.valkey_rights}
SERVICE_SCOPES = {each.identity: each.service_scopes for each in CONTEXTS if each.service_scopes}
"""What each context that has a service key may do with it."""

SWITCHES = frozenset(context.switch for context in CONTEXTS if context.switch)
"""The settings of the launcher that say whether a context runs."""

MAX_WORKERS = 16
GROWS_WITH_CORES = "auctions-api"
"""The process that has a worker a core where no number of workers is given."""

LAUNCHER_BUDGET_MB = 60
"""The launcher and its guardian."""


def make_plan(
    workers: int | None, cores: int, *, without: Collection[str] = ()
) -> tuple[Process, ...]:
    """Return what runs on a machine with `cores`, further processes included.

    `workers` is how many there are of each process that can be several. `None`: one of each, and
    of `GROWS_WITH_CORES` one worker a core. `without` are contexts that do not run.
    """
    grown: list[Process] = []
    for process in PROCESSES:
        if process.context in without:
            continue
        count = workers or 1
        if workers is None and process.name == GROWS_WITH_CORES:
            count = min(cores, MAX_WORKERS)
        grown += _grow(process, count)
    planned = tuple(grown)
    return tuple(
        replace(
            process,
            after=_planned(process.after, planned),
            calls=_planned(process.calls, planned),
        )
        for process in planned
    )


def _grow(process: Process, count: int) -> list[Process]:
    match process.growth:
        case Growth.WORKERS:
            budget_mb = process.budget_mb + (count - 1) * process.worker_mb
            return [replace(process, workers=count, budget_mb=budget_mb)]
        case Growth.PROCESSES:
            return [process, *(_further(process, number) for number in range(2, count + 1))]
        case Growth.NONE:
            return [process]


def _further(process: Process, number: int) -> Process:
    return replace(
        process,
        name=f"{process.name}-{number}",
        ports={"http": process.further_ports + number},
        first=process.name,
    )


def _planned(names: tuple[str, ...], planned: tuple[Process, ...]) -> tuple[str, ...]:
    """Return those of `names` that are planned, and their further processes."""
    present = {process.name for process in planned}
    further = (process.name for process in planned if process.first in names)
    return (*(name for name in names if name in present), *further)


LARGEST_PLAN = make_plan(MAX_WORKERS, MAX_WORKERS)


def find_process(name: str, processes: Iterable[Process] = PROCESSES) -> Process | None:
    """Return the process called `name`."""
    return next((process for process in processes if process.name == name), None)


def items_of(context: str) -> list[Process | OneOff]:
    """Return the processes and one-offs of a context."""
    return [item for item in ITEMS if item.context == context]


def context_of(item: Process | OneOff) -> Context:
    """Return the context of a process or one-off of a context."""
    return next(context for context in CONTEXTS if context.name == item.context)


def select(names: Iterable[str], processes: Iterable[Process] = PROCESSES) -> frozenset[str]:
    """Return `names` and everything they need, one-offs and further processes included."""
    planned = list(processes)
    needs = {process.name: process.needs for process in planned}
    needs |= {one_off.name: one_off.needs for one_off in ONE_OFFS}
    selected: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in selected:
            selected.add(name)
            left.extend(needs[name])
    return frozenset(selected | {process.name for process in planned if process.first in selected})


def everything(
    processes: Iterable[Process] = PROCESSES, *, without: Collection[str] = ()
) -> frozenset[str]:
    """Return the names of all processes and one-offs; `without` are contexts that do not run."""
    one_offs = (each.name for each in ONE_OFFS if each.context not in without)
    return frozenset([*(process.name for process in processes), *one_offs])


def switched_off(environment: Mapping[str, str]) -> frozenset[str]:
    """Return the contexts whose switch is not `yes`."""
    return frozenset(
        each.name for each in CONTEXTS if each.switch and environment.get(each.switch) != "yes"
    )
