"""Loopback ports for servers that tests start, kill and start again."""

import secrets
import socket
import sys

PORTS = range(12_000, 22_000)
"""Below the system's range for outgoing connections (from 32,768 on Linux), of which one may take
a port whose server is down for a moment; so is a cluster's bus port, 10,000 above. Above what a
launcher moves to."""

_claims: list[socket.socket] = []


def free_port() -> int:
    """Return a loopback port that nobody listens on and that is given to no other test process."""
    while True:
        port = secrets.choice(PORTS)
        if _is_free(port) and _claim(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _claim(port: int) -> bool:
    """Keep other test processes off `port` as long as this one lives, where the system can.

    An abstract socket's name is exclusive and goes with its process; macOS has none.
    """
    if sys.platform != "linux":
        return True
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0martelo/tests/port/{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True
