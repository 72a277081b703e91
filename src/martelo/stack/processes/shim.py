"""Prepare this process for a program and exec it: user, death signal, file limit.

Run as a file by a bare interpreter (`python -I -S shim.py`), so it is quick and needs nothing:

    shim.py --parent PID --death-signal N [--namespace | --user UID:GID] -- PROGRAM ARGUMENTS…

`--namespace`: PostgreSQL refuses to run as root. A user namespace that maps root to 65534 shows
it an ordinary user while its files stay ours. `--user` is for systems that forbid namespaces.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534
FILES = 65_536
CANNOT = 71
"""Exit status of a refusal by the system, as EX_OSERR of sysexits.h."""


def main(arguments: list[str]) -> None:
    """Exec the program after `--`."""
    split = arguments.index("--")
    options, command = arguments[:split], arguments[split + 1 :]
    raise_file_limit()
    try:
        if "--namespace" in options:
            enter_namespace()
        if "--user" in options:
            user, group = options[options.index("--user") + 1].split(":")
            set_user(int(user), int(group))
        # Every step above clears it, exec alone does not: last.
        die_with(
            int(options[options.index("--parent") + 1]),
            int(options[options.index("--death-signal") + 1]),
        )
        os.execv(command[0], command)  # noqa: S606 - the shim's whole purpose
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be started here: {error}\n")
        sys.exit(CANNOT)


def raise_file_limit() -> None:
    """Let the program open as many files as the system allows: every viewer is one."""
    _, maximum = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if maximum == resource.RLIM_INFINITY else min(FILES, maximum)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, maximum))


def enter_namespace() -> None:
    """Enter a user namespace in which this process is 65534 instead of root.

    Raises:
        OSError: The system forbids it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"user namespaces are forbidden ({os.strerror(code)})")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} 0 1"),
        ("gid_map", f"{NOBODY} 0 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib costs 5 ms of every start
            file.write(text)


def set_user(user: int, group: int) -> None:
    """Give up root for good; the output stays writable for who opens it by its path (nginx)."""
    for output in (1, 2):
        with contextlib.suppress(OSError):
            os.fchown(output, user, group)
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def die_with(parent: int, death_signal: int) -> None:
    """Ask the kernel for a signal when the parent ends; end now if it already has.

    Only Linux can; elsewhere the guardian is the net.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
