"""Ports: the default where it is free, the next hundred where not, never another stack's."""

import errno
import os
import socket
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from martelo.stack.errors import StackError

STEP = 100
"""Moved ports stay readable (8080, 8180, 8280) and below the range of outgoing connections."""

TRIES = 200


@dataclass
class Ports:
    """The ports of one stack: numbers by name, and what keeps other stacks off them."""

    numbers: dict[str, int] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    claims: list[socket.socket] = field(default_factory=list)

    def __getitem__(self, name: str) -> int:
        """Return the number of `name`."""
        return self.numbers[name]

    def __contains__(self, name: str) -> bool:
        return name in self.numbers

    def describe_moves(self) -> list[str]:
        """Return a line for each port that is another than usual, since that was taken."""
        return [
            f"port {default} is taken: {name} is on {self.numbers[name]}"
            for name, default in self.moved.items()
        ]

    def release(self) -> None:
        """Let other stacks have them."""
        for claim in self.claims:
            claim.close()
        self.claims.clear()


def choose_ports(
    defaults: Mapping[str, int],
    wanted: Mapping[str, int],
    hosts: Mapping[str, str],
    *,
    elsewhere: Collection[str] = (),
) -> Ports:
    """Return a port for every name of `defaults`.

    A name of `wanted` gets exactly that port, any other its default or the next free one.
    `hosts` are the addresses of names that listen elsewhere than on 127.0.0.1. Names in
    `elsewhere` are not started here: somebody else's process is expected on their port.

    Raises:
        StackError: A wanted port is taken.
    """
    ports = Ports({name: wanted.get(name, defaults[name]) for name in elsewhere})
    try:
        # The wanted first, so that no moved default takes one of them.
        for name, number in wanted.items():
            if name not in ports.numbers:
                ports.numbers[name] = _claim_wanted(ports, name, number, hosts)
        for name, default in defaults.items():
            if name not in ports.numbers:
                number = _claim_next(ports, default, hosts.get(name, "127.0.0.1"))
                ports.numbers[name] = number
                if number != default:
                    ports.moved[name] = default
    except BaseException:
        ports.release()
        raise
    return ports


def parse_port(text: str) -> int | None:
    """Return the number of a port, or `None` if `text` is not one."""
    if not text.isascii() or not text.isdigit():
        return None
    return int(text) if 1 <= int(text) <= 65_535 else None


def variable_of(name: str) -> str:
    """Return the environment variable that sets the port called `name`."""
    return "MARTELO_PORT_" + name.upper().replace("-", "_")


def _claim_wanted(ports: Ports, name: str, number: int, hosts: Mapping[str, str]) -> int:
    claim = _claim(number, hosts.get(name, "127.0.0.1"))
    if claim is None:
        how = "--port" if name == "gateway" else variable_of(name)
        raise StackError(
            f"Port {number}, wanted for {name}, is taken by another program. "
            f"Choose another with {how}, or stop what uses it."
        )
    ports.claims.append(claim)
    return number


def _claim_next(ports: Ports, default: int, host: str) -> int:
    for tried in range(TRIES):
        number = default + tried * STEP
        if number > 65_535:
            break
        claim = _claim(number, host)
        if claim is not None:
            ports.claims.append(claim)
            return number
    raise StackError(f"No free port was found from {default} upwards.")


def _claim(number: int, host: str) -> socket.socket | None:
    """Return what holds `number` for this stack, or `None` if it is taken."""
    claim = _claim_name(number)
    if claim is None:
        return None
    if _is_listened_on(number, host):
        claim.close()
        return None
    return claim


def _claim_name(number: int) -> socket.socket | None:
    """Keep other stacks off a port whose process is not up yet, or down for a moment.

    An abstract socket's name is exclusive in the network namespace, as a port is, and goes with
    its holder. macOS has none: two stacks that start in the same moment may collide there.
    """
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    if sys.platform == "linux":
        try:
            claim.bind(f"\0martelo/port/{number}")
        except OSError:
            claim.close()
            return None
    return claim


def _is_listened_on(number: int, host: str) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port is not taken because connections on it ended a moment ago.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
            probe.listen(1)
        except PermissionError as error:
            raise StackError(
                f"Port {number} may be used by root only ({os.strerror(error.errno or 0)}). "
                "Choose one above 1023."
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise StackError(
                f"Nothing can listen on {host}: {error.strerror}. "
                "Give --listen an address of this machine."
            ) from error
    return False
