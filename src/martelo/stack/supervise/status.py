"""What runs, and what it takes: gathered by the launcher, printed by the command."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from martelo.stack.copies import find_copies
from martelo.stack.engines.pair import PairMember
from martelo.stack.engines.valkey import Valkey
from martelo.stack.folder import DataFolder
from martelo.stack.processes import proctable
from martelo.stack.processes.guard import Guard
from martelo.stack.settings import port_names
from martelo.stack.supervise.supervisor import Supervisor, role_of
from martelo.stack.supervise.unit import Unit
from martelo.stack.topology import plan

MIB = 1024 * 1024


async def gather_status(supervisor: Supervisor, guard: Guard, folder: DataFolder) -> dict[str, Any]:
    """Return the state of the stack, as `status --json` prints it."""
    processes = [await _describe(unit, supervisor) for unit in supervisor.units]
    own = [os.getpid(), *([guard.pid] if guard.pid is not None else [])]
    launcher_bytes = await asyncio.to_thread(proctable.measure_pss_bytes, own)
    budgets = [supervisor.process_of(unit).budget_mb for unit in supervisor.units]
    pss_bytes = launcher_bytes + sum(process["pss_bytes"] for process in processes)
    copies = await asyncio.to_thread(find_copies, folder)
    budget_bytes = (plan.LAUNCHER_BUDGET_MB + sum(budgets)) * MIB
    return {
        "processes": processes,
        "urls": _urls(supervisor),
        "launcher": {"pid": os.getpid(), "guardian_pid": guard.pid, "pss_bytes": launcher_bytes},
        "memory": {
            "pss_bytes": pss_bytes,
            "budget_bytes": budget_bytes,
            "within_budget": pss_bytes <= budget_bytes,
        },
        "store": await _describe_store(supervisor),
        "copies": [{"path": str(copy.path), "size_bytes": copy.size_bytes} for copy in copies],
    }


def format_status(status: Mapping[str, Any]) -> str:
    """Return the table people read."""
    rows = [("NAME", "STATE", "PID", "PORT", "RESTARTS", "MEMORY", "ROLE")]
    for process in status["processes"]:
        lag_s = process["lag_s"]
        role = process["role"] or _describe_workers(process["workers"])
        rows.append(
            (
                process["name"],
                process["state"],
                str(process["pid"] or "-"),
                ",".join(str(port) for port in process["ports"]),
                str(process["restarts"]),
                f"{process['pss_bytes'] / MIB:.0f} MB",
                role if lag_s is None else f"{role}, {lag_s:.1f} s behind",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    memory = status["memory"]
    verdict = "within" if memory["within_budget"] else "OVER"
    lines += [
        "",
        (
            f"memory  {memory['pss_bytes'] / MIB:.0f} MB (PSS, launcher included), "
            f"{verdict} the budget of {memory['budget_bytes'] / MIB:.0f} MB"
        ),
        *_describe_store_memory(status["store"]),
        *(f"{name:<19} {url}" for name, url in status["urls"].items()),
        *_describe_copies(status["copies"]),
    ]
    return "\n".join(lines)


def _describe_copies(copies: Sequence[Mapping[str, Any]]) -> list[str]:
    if not copies:
        return []
    size_mb = sum(copy["size_bytes"] for copy in copies) / MIB
    return [f"copies  {len(copies)}, {size_mb:.0f} MB: see ./martelo copies"]


def _describe_store_memory(store: Mapping[str, int] | None) -> list[str]:
    if store is None:
        return []
    used, bound = store["used_bytes"], store["max_bytes"]
    if not bound:
        return [f"store   {_size(used)} of memory used, without a bound"]
    return [
        f"store   {_size(used)} of memory used, {used / bound:.0%} of its bound of {_size(bound)}"
    ]


def _size(size_bytes: int) -> str:
    mib = size_bytes / MIB
    return f"{mib / 1024:.1f} GB" if mib >= 1024 else f"{mib:.1f} MB"


async def _describe_store(supervisor: Supervisor) -> dict[str, int] | None:
    """Return the memory of the store that runs here, if it answers."""
    for unit in supervisor.units:
        if isinstance(unit.kind, Valkey):
            memory = await unit.kind.read_memory()
            return None if memory is None else asdict(memory)
    return None


async def _describe(unit: Unit, supervisor: Supervisor) -> dict[str, Any]:
    tree = await asyncio.to_thread(proctable.find_tree, unit.pid) if unit.pid else []
    kind = unit.kind
    is_standby = isinstance(kind, PairMember) and not kind.is_primary
    return {
        "name": unit.name,
        "pid": unit.pid,
        "state": unit.state.value,
        "restarts": max(unit.starts - 1, 0),
        "ports": _ports(unit, supervisor),
        "pss_bytes": await asyncio.to_thread(proctable.measure_pss_bytes, tree),
        "role": role_of(unit),
        "workers": supervisor.process_of(unit).workers,
        "lag_s": await kind.ask_lag_s() if is_standby and isinstance(kind, PairMember) else None,
    }


def _describe_workers(count: int) -> str:
    return f"{count} workers" if count > 1 else ""


def _ports(unit: Unit, supervisor: Supervisor) -> list[int]:
    if isinstance(unit.kind, PairMember):
        return [unit.kind.port]
    return [supervisor.environment.ports[name] for name in port_names(supervisor.process_of(unit))]


def _urls(supervisor: Supervisor) -> dict[str, str]:
    environment = supervisor.environment
    names = {unit.name for unit in supervisor.units}
    if environment.settings.store_url is not None:
        names.add("valkey")
    urls = {name: url for name, url in environment.urls().items() if name in names}
    for unit in supervisor.units:
        if isinstance(unit.kind, PairMember):
            urls[unit.name] = f"postgresql://127.0.0.1:{unit.kind.port}"
    return urls
