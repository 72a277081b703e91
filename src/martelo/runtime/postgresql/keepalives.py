"""Settings of libpq for servers that stop answering."""

from typing import TypedDict


class Silence(TypedDict):
    """Connection parameters: milliseconds, and seconds."""

    tcp_user_timeout: int
    keepalives_idle: int
    keepalives_interval: int


SILENCE = Silence(tcp_user_timeout=5_000, keepalives_idle=5, keepalives_interval=2)
"""After five seconds without a word a server is probed; after five more it is given up.

One that only died says so by itself; one whose machine or network is gone says nothing, and
without probes a reader would wait for two hours.
"""
