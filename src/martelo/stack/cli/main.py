"""The command line of `./martelo`."""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from martelo.stack.certificates import TlsFiles
from martelo.stack.cli import checks
from martelo.stack.cli.detach import start_detached
from martelo.stack.cli.log_reader import follow, read_newest, require_logs
from martelo.stack.cli.parser import build_parser, split_program
from martelo.stack.copies import find_copies
from martelo.stack.demo_access import (
    describe_entrants,
    is_open_to_others,
    require_closed_demo,
)
from martelo.stack.errors import AlreadyRunningError, StackError, describe_os_error
from martelo.stack.folder import DataFolder, is_locked, wait_unlocked
from martelo.stack.memory_folder import memory_folder
from martelo.stack.processes import groups
from martelo.stack.settings import REPOSITORY, Settings, read_settings
from martelo.stack.supervise.console import format_line
from martelo.stack.supervise.control import ask
from martelo.stack.supervise.launch import UpOptions, run_stack
from martelo.stack.supervise.status import format_status
from martelo.stack.topology import plan
from martelo.stack.transport import require_certificate, require_encryption

DOWN_S = 90.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser()
    if not given:
        parser.print_help()
        return 0
    words, program = split_program(given)
    options = parser.parse_args(words)
    try:
        settings = read_settings()
        folder = DataFolder((options.data or settings.data).resolve())
        call = Call(options, settings, folder, words, program)
        status: int = COMMANDS[options.run](call)
    except AlreadyRunningError as error:
        print(error)
        return error.exit_code
    except StackError as error:
        print(f"martelo: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output left, as `head` does; nothing of it is left to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"martelo: {describe_os_error(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


@dataclass(frozen=True)
class Call:
    """A parsed command line, with what it was, the stack it means, and what followed `--`."""

    options: argparse.Namespace
    settings: Settings
    folder: DataFolder
    given: list[str]
    program: list[str]


def run_up(call: Call) -> int:
    """Run a stack, in the foreground or the background."""
    options = call.options
    tls = _read_tls_options(call)
    require_encryption(call.settings, options.listen, has_tls=tls is not None)
    if tls is not None:
        require_certificate(tls, call.settings, options.listen, datetime.now(UTC))
    is_open = is_open_to_others(call.settings, options.listen)
    require_closed_demo(with_demo=_has_demo(call), is_open=is_open, is_wanted=options.open_demo)
    if _has_demo(call) and is_open and options.tell is None:
        print(f"Warning: {describe_entrants()}.", file=sys.stderr, flush=True)
    only = tuple(options.only)
    for name in only:
        process = plan.find_process(name)
        if process is None:
            raise StackError(f"--only: there is no process {name!r}.")
        if process.context in call.settings.switched_off:
            switch = plan.context_of(process).switch
            raise StackError(f"--only: {name} runs only with {switch}=yes.")
    if options.detach:
        return _run_up_detached(call)

    def report(line: str) -> None:
        if options.tell is not None:
            with contextlib.suppress(OSError):
                os.write(options.tell, line.encode() + b"\n")
                os.close(options.tell)

    return run_stack(
        UpOptions(
            folder=call.folder,
            port=options.port,
            listen=options.listen,
            demo=not (options.no_demo or options.remove_demo or tls),
            quiet=options.tell is not None,
            only=only,
            workers=options.workers,
            requested=_requested(call),
            tls=tls,
            redirect_port=options.redirect_port,
        ),
        call.settings,
        report,
    )


def run_down(call: Call) -> int:
    """Stop the stack and wait until it is gone."""
    ask(call.folder, {"command": "down"})
    if not wait_unlocked(call.folder, DOWN_S):
        raise StackError(f"The stack has not stopped after {DOWN_S:.0f} s; see ./martelo logs.")
    return 0


def run_status(call: Call) -> int:
    """Print what runs."""
    status = ask(call.folder, {"command": "status"})
    print(json.dumps(status, indent=2) if call.options.json else format_status(status))
    return 0


def run_logs(call: Call) -> int:
    """Print logs, of a running stack or of the last one."""
    folder = call.folder.log
    names = require_logs(folder, call.options.names)
    colour = call.settings.colour and sys.stdout.isatty()

    def show(name: str, line: str) -> None:
        sys.stdout.write(format_line(name, line, colour=colour))
        sys.stdout.flush()

    for name, line in read_newest(folder, names, call.options.lines):
        show(name, line)
    if call.options.follow:
        follow(folder, names, show)
    return 0


def run_on_process(call: Call) -> int:
    """Restart, kill, pause or resume a process."""
    request = {"command": call.options.command, "name": call.options.name}
    if call.options.command == "kill":
        request["hold_s"] = call.options.hold
    answer = ask(call.folder, request)
    if "seconds" in answer:
        print(f"{call.options.name} is ready again after {answer['seconds']:.1f} s")
    return 0


def run_failover(call: Call) -> int:
    """Make the standby the primary."""
    answer = ask(call.folder, {"command": "failover"})
    print(f"the primary is now on port {answer['port']}, after {answer['seconds']:.1f} s")
    return 0


def run_exec(call: Call) -> int:
    """Run a command with the stack's settings and return its exit status."""
    context, words, program = call.options.context, call.options.words, call.program
    if not words and not program:
        raise StackError("exec needs a command, as in ./martelo exec auctions migrate.")
    answer = ask(call.folder, {"command": "environment", "context": context})
    command = [sys.executable, "-m", f"martelo.{context}.main", *words, *program]
    if not words:
        # `python` then is the stack's own, with everything installed.
        command = [sys.executable if program[0] == "python" else program[0], *program[1:]]
    try:
        done = subprocess.run(command, env=answer["environment"], cwd=REPOSITORY, check=False)
    except OSError as error:
        raise StackError(f"{command[0]} cannot be run: {error.strerror}.") from error
    return done.returncode


def run_copies(call: Call) -> int:
    """List the copies that were set aside, or delete them."""
    found = find_copies(call.folder)
    for copy in found:
        size_mb = copy.size_bytes / 1024**2
        print(f"{size_mb:8.1f} MB  {copy.path.relative_to(call.folder.path)}: {copy.what}")
    if not found:
        print("There are no copies.")
        return 0
    if not call.options.remove:
        print("To delete them: ./martelo copies --remove")
        return 0
    if not call.options.yes and not _confirm("Type yes to delete them: "):
        return 1
    for copy in found:
        copy.remove()
    return 0


def run_reset(call: Call) -> int:
    """Delete the data folder."""
    folder = call.folder
    if not folder.path.exists():
        return 0
    if not folder.is_ours():
        raise StackError(f"{folder.path} is not a data folder of Martelo; nothing was deleted.")
    if is_locked(folder):
        raise StackError("The stack is running. Stop it first: ./martelo down.")
    if not call.options.yes:
        print(f"This deletes every auction, account and key in {folder.path}.")
        if not _confirm("Type yes to go on: "):
            return 1
    groups.end_leftovers(folder.groups)
    if folder.run.is_dir():
        shutil.rmtree(memory_folder(folder.run))
    shutil.rmtree(folder.path)
    return 0


def _confirm(question: str) -> bool:
    """Return whether a person types yes.

    Raises:
        StackError: Nobody can: the input is at its end.
    """
    try:
        answer = input(question)
    except EOFError as error:
        raise StackError("Nobody can answer here, so nothing was deleted. Add --yes.") from error
    if answer.strip() == "yes":
        return True
    print("Nothing was deleted.")
    return False


def run_test(call: Call) -> int:
    """Run all tests in parts, or pytest with what was passed on."""
    environment = call.settings.environment
    if call.program:
        return checks.run_pytest(call.program, environment)
    return checks.run_tests(environment)


def run_bench(call: Call) -> int:
    """Run one benchmark or all."""
    options = call.options
    words = [] if options.name is None else [options.name]
    words += ["--quick"] if options.quick else []
    # The benchmarks run in the checkout, not in the folder this was called from.
    words += ["--json", str(options.json.resolve())] if options.json else []
    return checks.run_benchmarks(words, call.settings.environment)


def run_check(call: Call) -> int:
    """Run every check."""
    parts = checks.FULL_PARTS if call.options.full else checks.PARTS
    return checks.run_checks(parts, call.settings.environment)


def _run_up_detached(call: Call) -> int:
    folder = call.folder
    folder.claim()
    if is_locked(folder):
        place = ask(folder, {"command": "place"}, timeout_s=5)["place"]
        raise AlreadyRunningError(f"Martelo is already up: {place}")
    arguments = [word for word in call.given if word != "--detach"]
    environment = {**call.settings.environment, "MARTELO_VAR": str(folder.path)}
    # Standard output is the address alone, for scripts; people see both.
    print(_describe_wait(call), file=sys.stderr, flush=True)
    message = start_detached(arguments, environment, folder)
    for line in message["moves"]:
        print(line, file=sys.stderr, flush=True)
    if message["url"] is None:
        print(f"ready: {message['place']}", file=sys.stderr)
    else:
        print(message["url"])
    return 0


def _describe_wait(call: Call) -> str:
    filled = ", and an empty house to be filled with the demo" if _has_demo(call) else ""
    return f"waiting for everything to be ready{filled}"


def _has_demo(call: Call) -> bool:
    options = call.options
    is_unwanted = (
        options.no_demo or options.remove_demo or options.tls_cert or call.settings.is_production
    )
    return not is_unwanted and (not options.only or "demo-bidders" in options.only)


def _read_tls_options(call: Call) -> TlsFiles | None:
    certificate, key = call.options.tls_cert, call.options.tls_key
    if certificate is not None and key is not None:
        return TlsFiles(certificate.resolve(), key.resolve())
    if certificate is not None or key is not None:
        raise StackError("--tls-cert and --tls-key are needed together.")
    if call.options.redirect_port is not None:
        raise StackError("--redirect-port needs --tls-cert and --tls-key.")
    return None


def _requested(call: Call) -> frozenset[str]:
    """Return the one-offs about the demo's accounts that this start needs."""
    options = call.options
    is_open = is_open_to_others(call.settings, options.listen) and not options.open_demo
    names = {
        "storefront-remove-demo": options.remove_demo,
        "storefront-check-demo": call.settings.is_production or is_open,
    }
    return frozenset(name for name, is_requested in names.items() if is_requested)


COMMANDS: dict[str, Callable[[Call], int]] = {
    run.__name__: run
    for run in (
        run_bench,
        run_check,
        run_copies,
        run_down,
        run_exec,
        run_failover,
        run_logs,
        run_on_process,
        run_reset,
        run_status,
        run_test,
        run_up,
    )
}
"""What each command does, by the name that the parser gives."""


if __name__ == "__main__":
    sys.exit(main())
