"""Programs that only tests need and that no wheel carries."""

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
}
"""Each program, and what cannot pass without it."""

OTHER_NAMES = {"chromium": ("chromium-browser", "google-chrome")}
BROUGHT_BROWSERS = Path.home() / ".cache" / "ms-playwright"
"""Where playwright keeps a browser that somebody had it download."""

UNPACKED = REPOSITORY / "var" / "tools"
REDIS_PACKAGES = (
    *("redis-server", "redis-tools", "libatomic1", "libjemalloc2", "liblua5.1-0", "liblzf1"),
    *("lua-bitop", "lua-cjson"),
)


def provide(environment: Mapping[str, str]) -> None:
    """Install what is missing where that is possible.

    Root of a Debian gets the packages; anyone else there has Redis unpacked into `var/tools`.
    """
    absent = missing(found_by(environment))
    if not absent or shutil.which("apt-get") is None:
        return
    print(f"installing {', '.join(absent)}", flush=True)
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    if os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *absent]
        if not _runs(install, quiet):
            _runs(["apt-get", "update", "-qq"], quiet)
            _runs(install, quiet)
    elif "redis-server" in absent:
        _unpack_redis(quiet)


def found_by(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` with the unpacked programs on its path."""
    given = environment.get("PATH", os.defpath)
    return {**environment, "PATH": os.pathsep.join([given, str(UNPACKED / "bin")])}


def missing(environment: Mapping[str, str]) -> list[str]:
    """Return the programs that `environment` does not find."""
    path = environment.get("PATH")
    return [program for program in NEEDED_FOR if not _is_there(program, path)]


def say_what_is_missing(environment: Mapping[str, str]) -> None:
    """Print what could not pass for want of a program."""
    for program in missing(environment):
        print(f"cannot pass here: {NEEDED_FOR[program]} ({program} is missing)")


def _is_there(program: str, path: str | None) -> bool:
    if program == "chromium" and any(BROUGHT_BROWSERS.glob("chromium-*")):
        return True
    names = (program, *OTHER_NAMES.get(program, ()))
    return any(shutil.which(name, path=path) for name in names)


def _unpack_redis(environment: Mapping[str, str]) -> None:
    """Fetch Redis and what it links to by Debian's own tool, without installing it."""
    UNPACKED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        if not _runs(["apt-get", "download", "-qq", *REDIS_PACKAGES], environment, Path(name)):
            return
        for package in Path(name).glob("*.deb"):
            _runs(["dpkg-deb", "-x", str(package), str(UNPACKED)], environment)
    libraries = ":".join(str(folder) for folder in sorted(UNPACKED.glob("usr/lib/*-linux-gnu")))
    server = UNPACKED / "bin" / "redis-server"
    server.parent.mkdir(exist_ok=True)
    server.write_text(
        f'#!/bin/sh\nLD_LIBRARY_PATH="{libraries}" exec "{UNPACKED}/usr/bin/redis-server" "$@"\n',
        encoding="utf-8",
    )
    server.chmod(0o755)


def _runs(
    command: Sequence[str], environment: Mapping[str, str], folder: Path = REPOSITORY
) -> bool:
    return subprocess.run(command, env=environment, cwd=folder, check=False).returncode == 0
