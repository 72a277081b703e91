"""One started program: through the shim, in a session of its own, its output to the journal."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from martelo.stack.processes import proctable, shim
from martelo.stack.processes.groups import Group
from martelo.stack.processes.guard import Guard

MAX_LINE_BYTES = 64 * 1024
STOP_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to start and how to end it.

    `shim_options` put an engine under an ordinary user (`--namespace`, `--user`).
    """

    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    shim_options: list[str] = field(default_factory=list)


class Child:
    """A running program and its whole tree."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        program: Program,
        guard: Guard,
        output: "Output",
    ) -> None:
        self._process = process
        self._program = program
        self._guard = guard
        self._output = output

    @property
    def pid(self) -> int:
        """The leader: the first process of the tree."""
        return self._process.pid

    async def wait(self) -> int:
        """Return the exit status, negative for a signal, once nothing of the tree is left."""
        status = await self._process.wait()
        # A dead leader leaves its workers (nginx, granian), who hold the port.
        await self._end_rest()
        self._guard.drop(self.pid)
        await self._output.end()
        return status

    async def stop(self) -> None:
        """Ask for an orderly end, wait for it, then kill."""
        self.signal_tree(signal.SIGCONT)
        proctable.send_signal([self.pid], self._program.stop_signal)
        try:
            async with asyncio.timeout(STOP_S):
                await self._process.wait()
        except TimeoutError:
            self.signal_tree(signal.SIGKILL)
            await self._process.wait()

    def signal_tree(self, which: signal.Signals) -> None:
        """Send a signal to the leader and everything that descends from it."""
        if self._process.returncode is None:
            proctable.send_signal(proctable.find_tree(self.pid), which)

    async def _end_rest(self) -> None:
        deadline = asyncio.get_running_loop().time() + 2
        while rest := [pid for pid in proctable.find_tree(self.pid) if pid != os.getpid()]:
            proctable.send_signal(rest, signal.SIGKILL)
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(0.02)


class Output:
    """The output of a tree of processes, passed on line by line.

    The pipe is our own. With one of asyncio's the end of a process would be reported only once
    nobody holds its pipe any more (CPython gh-119710), and the workers of a killed leader hold it.
    """

    def __init__(
        self,
        pipe: asyncio.ReadTransport,
        stream: asyncio.StreamReader,
        write: Callable[[list[str]], None],
    ) -> None:
        self._pipe = pipe
        self._pump = asyncio.create_task(_pump(stream, write))

    async def end(self) -> None:
        """Pass what is left; a process that left the tree may hold the pipe for ever."""
        await asyncio.wait([self._pump], timeout=1)
        self._pump.cancel()
        self._pipe.close()


async def start_child(
    name: str, program: Program, guard: Guard, write: Callable[[list[str]], None]
) -> Child:
    """Start `program`, recorded with the guardian as `name`."""
    reading, writing = os.pipe()
    stream, source = asyncio.StreamReader(), os.fdopen(reading, "rb", buffering=0)
    try:
        process = await asyncio.create_subprocess_exec(
            *shim_command(program),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing,
            stderr=asyncio.subprocess.STDOUT,
            cwd=program.folder,
            env=dict(program.environment),
            start_new_session=True,
        )
    except BaseException:
        source.close()
        raise
    finally:
        os.close(writing)
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), source
    )
    entry = proctable.find_process(process.pid)
    if entry is not None:
        guard.add(Group(name, process.pid, entry.started, program.stop_signal))
    return Child(process, program, guard, Output(pipe, stream, write))


def shim_command(program: Program) -> list[str]:
    """Return the command line that becomes `program`."""
    return [
        sys.executable,
        "-I",
        "-S",
        str(shim.__file__),
        *("--parent", str(os.getpid())),
        *("--death-signal", str(int(program.death_signal))),
        *program.shim_options,
        "--",
        *program.command,
    ]


async def _pump(stream: asyncio.StreamReader, write: Callable[[list[str]], None]) -> None:
    """Pass the output line by line; a line that is too long is cut into several."""
    rest = b""
    while chunk := await stream.read(MAX_LINE_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            lines, rest = [*lines, rest], b""
        if lines:
            write([line.decode("utf-8", "replace").rstrip("\r") for line in lines])
    if rest:
        write([rest.decode("utf-8", "replace")])
