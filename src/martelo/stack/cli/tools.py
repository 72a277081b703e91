"""Programs that only tests and checks need and that no wheel carries."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from martelo.stack.settings import REPOSITORY

NEEDED_FOR = {
    "redis-server": "the store's suite on a real Redis",
    "faketime": "processes under a shifted clock",
    "chromium": "pages in a real browser",
    "node": "tests of the pages' scripts",
    "npm": "lint of scripts and styles, and the Socket.IO client",
    "luacheck": "lint of the store's functions",
}
"""Each program, and what cannot pass without it."""

PACKAGES = {"node": "nodejs", "luacheck": "lua-check"}
"""Debian's package, where it has another name than the program."""

OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome")}
PLAYWRIGHT_BROWSERS = Path.home() / ".cache" / "ms-playwright"
"""Where playwright stores a browser that somebody had it download."""

UNPACKED = REPOSITORY / "var" / "tools"
UNPACKED_PACKAGES = {
    "redis-server": (
        *("redis-server", "redis-tools", "libatomic1", "libjemalloc2", "liblua5.1-0", "liblzf1"),
        *("lua-bitop", "lua-cjson"),
    ),
    "luacheck": ("lua-check", "lua-argparse", "lua-filesystem", "lua5.1"),
}
"""What needs no installing: each program's packages, with what it links to."""


def provide(environment: Mapping[str, str]) -> None:
    """Install what is missing where that is possible.

    Root of a Debian gets the packages; anyone else there has some unpacked into `var/tools`.
    """
    absent = find_missing(add_to_path(environment))
    if not absent or shutil.which("apt-get") is None:
        return
    print(f"installing {', '.join(absent)}", flush=True)
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    if os.geteuid() == 0:
        packages = [PACKAGES.get(program, program) for program in absent]
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        if not _succeeds(install, quiet):
            _succeeds(["apt-get", "update", "-qq"], quiet)
            _succeeds(install, quiet)
        return
    for program in absent:
        if program in UNPACKED_PACKAGES:
            _unpack(program, quiet)


def add_to_path(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` with the unpacked programs on its path."""
    given = environment.get("PATH", os.defpath)
    return {**environment, "PATH": os.pathsep.join([given, str(UNPACKED / "bin")])}


def find_missing(environment: Mapping[str, str]) -> list[str]:
    """Return the programs that `environment` does not find."""
    path = environment.get("PATH")
    return [program for program in NEEDED_FOR if not _is_installed(program, path)]


def report_missing(environment: Mapping[str, str]) -> None:
    """Print what could not pass because a program is missing."""
    for program in find_missing(environment):
        print(f"cannot pass here: {NEEDED_FOR[program]} ({program} is missing)")


def _is_installed(program: str, path: str | None) -> bool:
    if program == "chromium" and any(PLAYWRIGHT_BROWSERS.glob("chromium-*")):
        return True
    names = (program, *OTHER_NAMES.get(program, ()))
    return any(shutil.which(name, path=path) for name in names)


def _unpack(program: str, environment: Mapping[str, str]) -> None:
    """Download a program and what it links to by Debian's own tool, without installing it."""
    UNPACKED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        download = ["apt-get", "download", "-qq", *UNPACKED_PACKAGES[program]]
        if not _succeeds(download, environment, Path(name)):
            return
        for package in Path(name).glob("*.deb"):
            _succeeds(["dpkg-deb", "-x", str(package), str(UNPACKED)], environment)
    _write_starter(program)


def _write_starter(program: str) -> None:
    """Write a script that runs an unpacked program with its own libraries."""
    libraries = [str(folder) for folder in sorted(UNPACKED.glob("usr/lib/*-linux-gnu"))]
    lua, lua_libraries = f"{UNPACKED}/usr/share/lua/5.1", [f"{f}/lua/5.1/?.so" for f in libraries]
    lines = [
        "#!/bin/sh",
        f'export LD_LIBRARY_PATH="{":".join(libraries)}"',
        f'export LUA_PATH="{lua}/?.lua;{lua}/?/init.lua" LUA_CPATH="{";".join(lua_libraries)}"',
        f'export PATH="$PATH:{UNPACKED}/usr/bin"',
        f'exec "{UNPACKED}/usr/bin/{program}" "$@"',
    ]
    starter = UNPACKED / "bin" / program
    starter.parent.mkdir(exist_ok=True)
    starter.write_text("\n".join(lines) + "\n", encoding="utf-8")
    starter.chmod(0o755)


def _succeeds(
    command: Sequence[str], environment: Mapping[str, str], folder: Path = REPOSITORY
) -> bool:
    return subprocess.run(command, env=environment, cwd=folder, check=False).returncode == 0
