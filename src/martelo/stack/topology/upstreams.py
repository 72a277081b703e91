"""Who stands behind the gateway, as its template's places are filled with them."""

from collections.abc import Mapping, Sequence

from martelo.stack.topology.table import Growth, Process

LOOPBACK = "127.0.0.1"


def fill_upstreams(processes: Sequence[Process], ports: Mapping[str, int]) -> dict[str, str]:
    """Return what fills the places of everybody behind the gateway, by their `ports`.

    `NAME_ADDRESS` is where a process listens, `NAME_FURTHER` what its further ones add to its
    upstream, and `NAME_SESSIONS` who holds a session whose id ends with which port.
    """
    values: dict[str, str] = {}
    for process in processes:
        if not process.context or "http" not in process.ports or process.first:
            continue
        place = process.name.upper().replace("-", "_")
        values[f"{place}_ADDRESS"] = f"{LOOPBACK}:{ports[process.name]}"
        if process.growth is Growth.PROCESSES:
            further = [ports[other.name] for other in processes if other.first == process.name]
            values[f"{place}_FURTHER"] = " ".join(
                f"server {LOOPBACK}:{port} max_fails=0;" for port in further
            )
            values[f"{place}_SESSIONS"] = " ".join(
                f'"~\\.{port}$" {LOOPBACK}:{port};' for port in (ports[process.name], *further)
            )
    return values
