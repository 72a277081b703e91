"""What the person who starts the stack may set from outside."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from martelo.stack import topology
from martelo.stack.errors import StackError
from martelo.stack.ports import variable_of

REPOSITORY = Path(__file__).resolve().parents[3]
"""The checkout: this file is src/martelo/stack/settings.py."""

PORT_PREFIX = variable_of("")


@dataclass(frozen=True)
class Settings:
    """The environment the launcher was started in, read once.

    `environment` is all of it; `inherited` what processes are given besides what the stack sets;
    `ports` are wanted numbers by the names of `port_defaults`.
    """

    data: Path
    environment: Mapping[str, str]
    inherited: Mapping[str, str]
    ports: Mapping[str, int]
    is_production: bool
    public_url: str | None
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
        # PGHOST and its like would turn our clients to another server.
        inherited={
            name: value
            for name, value in found.items()
            if not name.startswith(("PG", PORT_PREFIX)) and name != "MARTELO_VAR"
        },
        ports=_read_ports(found),
        is_production=found.get("MARTELO_ENV") == "production",
        public_url=found.get("MARTELO_PUBLIC_URL") or None,
        colour=not found.get("NO_COLOR"),
    )


def port_defaults() -> dict[str, int]:
    """Return every port's name and default: the process's name, a second port's added to it."""
    defaults = {}
    for process in topology.PROCESSES:
        for index, (port, default) in enumerate(process.ports.items()):
            defaults[process.name if index == 0 else f"{process.name}-{port}"] = default
    return defaults


def _read_ports(found: Mapping[str, str]) -> dict[str, int]:
    names = {variable_of(name): name for name in port_defaults()}
    ports = {}
    for variable, value in found.items():
        if not variable.startswith(PORT_PREFIX) or not value:
            continue
        if variable not in names:
            known = ", ".join(sorted(names))
            raise StackError(f"{variable} names no port of the stack. There are: {known}.")
        if not value.isdecimal() or not 1 <= int(value) <= 65_535:
            raise StackError(f"{variable} is {value!r}; it must be a number from 1 to 65535.")
        ports[names[variable]] = int(value)
    return ports
