"""The command line's words: standard library alone, so that help needs nothing installed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from martelo.stack.ports import parse_port
from martelo.stack.settings import parse_workers
from martelo.stack.topology import plan


def split_program(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words of a command line, and those of the program that it runs.

    What follows `test` is pytest's; elsewhere argparse would swallow the `--` that separates a
    program from a one-off.
    """
    split = given.index("--") if "--" in given else len(given)
    if given[:1] == ["test"]:
        split = 1
    words, program = list(given[:split]), list(given[split:])
    return words, program[1:] if program[:1] == ["--"] else program


def check_words(given: Sequence[str]) -> None:
    """Print help where it is asked for, or what is wrong; return where there is a command to run.

    Raises:
        SystemExit: Everything is said.
    """
    parser = build_parser()
    if not given:
        parser.print_help()
        sys.exit(0)
    parser.parse_args(split_program(given)[0])


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; `run` is the name of a function of `main`."""
    parser = argparse.ArgumentParser(
        prog="martelo", description="A marketplace with live auctions."
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: str, says: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=says, description=says)
        command.add_argument("--data", type=Path, help="the stack's data folder (default: var)")
        command.set_defaults(run=run)
        return command

    names = ", ".join(process.name for process in plan.PROCESSES)
    up = add("up", "run_up", "install, start everything, print the address, stay until Ctrl-C")
    up.add_argument("--detach", action="store_true", help="go to the background once it is ready")
    up.add_argument("--port", type=_port, help="the gateway's port (default: 8080 or a free one)")
    up.add_argument("--listen", default="127.0.0.1", help="the gateway's address")
    up.add_argument("--tls-cert", type=Path, metavar="FILE", help="serve https: the certificate")
    up.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key")
    up.add_argument(
        "--redirect-port", type=_port, metavar="PORT", help="a port where http leads to https"
    )
    up.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="how many of each API and live process (default: 1, of auctions-api one a core)",
    )
    up.add_argument("--no-demo", action="store_true", help="leave an empty store empty")
    up.add_argument(
        "--open-demo", action="store_true", help="let other machines reach a house with the demo"
    )
    up.add_argument(
        "--remove-demo", action="store_true", help="first delete the demo's accounts; its lots stay"
    )
    up.add_argument("--only", nargs="+", default=[], metavar="NAME", help=f"only these: {names}")
    up.add_argument("--tell", type=int, help=argparse.SUPPRESS)
    add("down", "run_down", "stop the stack; the data stay")
    status = add("status", "run_status", "what runs, where, and how much memory it takes")
    status.add_argument("--json", action="store_true")
    logs = add("logs", "run_logs", "the newest lines, all processes' or those named")
    logs.add_argument("names", nargs="*", metavar="NAME")
    logs.add_argument("-f", "--follow", action="store_true", help="go on as lines come")
    logs.add_argument("-n", "--lines", type=int, default=200, help="how many (default: 200)")
    for name, says in (
        ("restart", "stop a process in good order and start it again"),
        ("kill", "kill a process and its children at once (SIGKILL), as a fault drill"),
        ("pause", "freeze a process (SIGSTOP), as a fault drill"),
        ("resume", "let a paused process go on"),
    ):
        command = add(name, "run_on_process", says)
        command.set_defaults(command=name)
        command.add_argument("name", metavar="NAME", help=names)
        if name == "kill":
            command.add_argument(
                "--hold", type=float, default=0, metavar="S", help="keep it down S seconds"
            )
    add("failover", "run_failover", "make the PostgreSQL standby the primary")
    execute = add("exec", "run_exec", "run a one-off of a context, or after -- any program")
    execute.add_argument("context", metavar="CONTEXT")
    execute.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND")
    copies = add("copies", "run_copies", "list the copies that were set aside in the data folder")
    copies.add_argument("--remove", action="store_true", help="delete them, after asking")
    copies.add_argument("--yes", action="store_true", help="do not ask")
    reset = add("reset", "run_reset", "delete the data folder, after asking")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    add("test", "run_test", "run all tests on real engines; what follows is passed to pytest")
    bench = add(
        "bench", "run_bench", "what it costs, as ratios; a full run of all is stored in docs/"
    )
    bench.add_argument("name", nargs="?", metavar="NAME", help="one of them (default: all)")
    bench.add_argument("--quick", action="store_true", help="shorter rounds, and nothing is stored")
    bench.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    check = add("check", "run_check", "everything a change must pass, exactly as CI runs it")
    check.add_argument(
        "--full",
        action="store_true",
        help="also long exploration and the full fault drill (40 minutes)",
    )
    return parser


def _port(text: str) -> int:
    number = parse_port(text)
    if number is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 1 to 65535")
    return number


def _workers(text: str) -> int:
    number = parse_workers(text)
    if number is None:
        maximum = plan.MAX_WORKERS
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {maximum}")
    return number


if __name__ == "__main__":
    check_words(sys.argv[1:])
