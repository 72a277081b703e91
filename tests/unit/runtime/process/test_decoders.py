"""Types decoded for the first time by many threads at once, each time in a new process."""

import subprocess
import sys

import pytest

FIRST_READING = """
import sys, threading
import msgspec
from martelo.runtime.process.decoders import converter

sys.setswitchinterval(1e-6)
THREADS, SHAPES = 8, 300
TEXT = b'{"title": "x", "one": {"name": "y"}, "some": [{"name": "z"}]}'
VALUE = msgspec.json.decode(TEXT)

def read_at_once(prepare):
    global Inner
    class Inner(msgspec.Struct):
        name: "str"
        number: "int | None" = None
    class Outer(msgspec.Struct):
        title: "str"
        one: "Inner"
        some: "list[Inner]"
    read, value = prepare(Outer)
    together = threading.Barrier(THREADS)
    def first():
        together.wait()
        assert read(value).some[0].name == "z"
    threads = [threading.Thread(target=first) for _ in range(THREADS)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()

ways = {
    "decoder": lambda shape: (msgspec.json.Decoder(shape).decode, TEXT),
    "converter": lambda shape: (converter(shape), VALUE),
}
for _ in range(SHAPES):
    read_at_once(ways[sys.argv[1]])
"""


def read_first(way: str) -> int:
    """Return the exit status of a process whose threads decode shapes in this way."""
    command = [sys.executable, "-c", FIRST_READING, way]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(command, env=environment, timeout=120, check=False, capture_output=True)
    return done.returncode


@pytest.mark.parametrize("way", ["decoder", "converter"])
def test_prepared_shapes_are_read_by_threads_at_once(way: str) -> None:
    assert read_first(way) == 0
