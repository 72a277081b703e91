"""What the person who starts the stack may set from outside."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from martelo.stack.errors import StackError
from martelo.stack.ports import parse_port, variable_of
from martelo.stack.topology import plan
from martelo.stack.topology.process import Process

PORT_PREFIX = variable_of("")

INHERITED = frozenset(
    {
        # Where programs are found, and where libraries look for files of their user.
        *("PATH", "HOME"),
        # How text of the system is encoded and sorted, and in which zone a test's clock is set.
        *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES", "TZ"),
        # Where message catalogues and uploads are written for a moment.
        "TMPDIR",
        # Which authorities TLS trusts: of a store, a database, a mail server or a model.
        *("SSL_CERT_FILE", "SSL_CERT_DIR"),
        # How Python finds and caches modules; no module of a user's own is among ours.
        *("PYTHONNOUSERSITE", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONWARNINGS"),
        # Tests shift the clock of whole stacks.
        *("LD_PRELOAD", "FAKETIME", "FAKETIME_SHARED", "FAKETIME_DONT_FAKE_MONOTONIC"),
    }
)
"""What every process of a context is given of the launcher's environment, beside its settings."""

PROXIES = frozenset(
    name for proxy in ("http_proxy", "https_proxy", "no_proxy") for name in (proxy, proxy.upper())
)
"""Given to those that call other hosts alone: a proxy's address may hold a password."""

REPOSITORY = Path(__file__).resolve().parents[3]
"""The checkout: this file is src/martelo/stack/settings.py."""


@dataclass(frozen=True)
class Settings:
    """The environment the launcher was started in, read once.

    `environment` is all of it; `ports` are wanted numbers by the names of `port_defaults`;
    `store_url` is the house's own Valkey or Redis, used instead of the one the stack would start;
    `trusted_proxies` are the networks of proxies in front of the gateway;
    `workers` is how many there are of each process that can be several, unless the command line
    says; `switched_off` are the contexts that do not run.
    """

    data: Path
    environment: Mapping[str, str]
    ports: Mapping[str, int]
    is_production: bool
    insecure_http: str
    public_url: str | None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    store_url: str | None
    workers: int | None
    switched_off: frozenset[str]
    colour: bool


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of `environment`, or of this process.

    Raises:
        StackError: A variable is malformed.
    """
    found = dict(os.environ if environment is None else environment)  # noqa: TID251 - the one place
    return Settings(
        data=Path(found.get("MARTELO_VAR") or REPOSITORY / "var"),
        environment=found,
        ports=_read_ports(found),
        is_production=found.get("MARTELO_ENV") == "production",
        insecure_http=found.get("MARTELO_INSECURE_HTTP", ""),
        public_url=found.get("MARTELO_PUBLIC_URL") or None,
        trusted_proxies=_read_networks("MARTELO_TRUSTED_PROXIES", found),
        store_url=_read_store_url(found),
        workers=_read_workers(found),
        switched_off=_read_switches(found),
        colour=not found.get("NO_COLOR"),
    )


def parse_workers(text: str) -> int | None:
    """Return a number of workers, or `None` if `text` is not one."""
    if not text.isascii() or not text.isdigit():
        return None
    return int(text) if 1 <= int(text) <= plan.MAX_WORKERS else None


def port_defaults(
    processes: Iterable[Process] = plan.PROCESSES,
) -> dict[str, int]:
    """Return every port's name and default."""
    return {
        name: default
        for process in processes
        for name, default in zip(port_names(process), process.ports.values(), strict=True)
    }


def port_names(process: Process) -> list[str]:
    """Return the names of a process's ports: its own, then its own with the port's added."""
    others = list(process.ports)[1:]
    return [process.name, *(f"{process.name}-{port}" for port in others)]


def _read_store_url(found: Mapping[str, str]) -> str | None:
    """Return the store that `VALKEY_URL`, or `REDIS_HOST`, `REDIS_PORT` and `REDIS_DB`, name."""
    if found.get("VALKEY_URL"):
        return found["VALKEY_URL"]
    if not found.get("REDIS_HOST"):
        return None
    port, database = found.get("REDIS_PORT") or "6379", found.get("REDIS_DB") or "0"
    return f"redis://{found['REDIS_HOST']}:{port}/{database}"


def _read_networks(
    variable: str, found: Mapping[str, str]
) -> tuple[IPv4Network | IPv6Network, ...]:
    words = [word.strip() for word in found.get(variable, "").split(",")]
    try:
        return tuple(ip_network(word) for word in words if word)
    except ValueError as error:
        raise StackError(
            f"{variable}: {error}. It must be addresses or networks separated by commas, "
            "as in 127.0.0.1,10.0.0.0/8."
        ) from error


def _read_workers(found: Mapping[str, str]) -> int | None:
    text = found.get("MARTELO_WORKERS")
    if not text:
        return None
    number = parse_workers(text)
    if number is None:
        raise StackError(
            f"MARTELO_WORKERS is {text!r}; it must be a number from 1 to {plan.MAX_WORKERS}."
        )
    return number


def _read_switches(found: Mapping[str, str]) -> frozenset[str]:
    for switch in sorted(plan.SWITCHES):
        if found.get(switch) not in {None, "", "yes", "no"}:
            raise StackError(f"{switch} is {found[switch]!r}; it must be yes or no.")
    return plan.switched_off(found)


def _read_ports(found: Mapping[str, str]) -> dict[str, int]:
    names = {variable_of(name): name for name in port_defaults(plan.LARGEST_PLAN)}
    ports = {}
    for variable, value in found.items():
        if not variable.startswith(PORT_PREFIX) or not value:
            continue
        if variable not in names:
            known = ", ".join(sorted(variable_of(name) for name in port_defaults()))
            raise StackError(f"{variable} is not a port of the stack. There are: {known}.")
        number = parse_port(value)
        if number is None:
            raise StackError(f"{variable} is {value!r}; it must be a number from 1 to 65535.")
        ports[names[variable]] = number
    return ports
