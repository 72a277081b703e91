"""The floor under fan-out: one message to every connection by `os.write`, and nothing else.

Who sends `V` is a viewer from then on; each `!` from anybody has the message written to them all.
"""

import os
import selectors
import socket

from martelo.runtime.process.settings import ProcessSettings, load

BACKLOG = 65_535
WATCH, WRITE = b"V", b"!"
GREETING = b"ok\n"
MARKER = b"event: bid\n"


class Settings(ProcessSettings):
    """How long a message is: as long as the product's event."""

    message_bytes: int


def run() -> None:
    """Serve until ended."""
    settings = load(Settings, os.environ)  # noqa: TID251 - a main
    message = MARKER + b"." * (settings.message_bytes - len(MARKER))
    listener = socket.create_server((settings.host, settings.port), backlog=BACKLOG)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    viewers: set[int] = set()
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                made, _ = listener.accept()
                selector.register(made, selectors.EVENT_READ, made)
                continue
            received = os.read(key.fd, 4096)
            if not received:
                selector.unregister(key.fileobj)
                viewers.discard(key.fd)
                key.data.close()
            elif received == WATCH:
                viewers.add(key.fd)
                os.write(key.fd, GREETING)
            for _ in range(received.count(WRITE)):
                for number in viewers:
                    os.write(number, message)


if __name__ == "__main__":
    run()
